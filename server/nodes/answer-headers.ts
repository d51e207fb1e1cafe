/**
 * Answers of workflows leave by the application's own origin, and some headers act on all of it, not on the answer: they end sessions
 * there, report its addresses elsewhere, ask for passwords in its name. So an answer has these, and names that begin with `x-`.
 */
const ALLOWED = new Set([
  "accept-ranges", "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers", "access-control-max-age", "age", "allow",
  "cache-control", "content-digest", "content-disposition", "content-encoding", "content-language", "content-location", "content-range", "content-type", "cross-origin-resource-policy",
  "deprecation", "digest", "etag", "expires", "idempotency-key", "last-modified", "link", "location", "mcp-protocol-version", "mcp-session-id", "pragma", "preference-applied",
  "ratelimit", "ratelimit-limit", "ratelimit-policy", "ratelimit-remaining", "ratelimit-reset", "referrer-policy", "repr-digest", "retry-after", "server-timing", "signature", "signature-input", "sunset",
  "timing-allow-origin", "traceparent", "tracestate", "vary", "warning", "webhook-allowed-origin", "webhook-allowed-rate", "webhook-id", "webhook-signature", "webhook-timestamp",
]);

/** What proxies and the framework take for orders. */
const ORDERS = /^x-(accel-|lighttpd-|litespeed-|middleware-|nextjs-|reproxy-|send-?file|content-type-options)/;

export function isAnswerHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return ALLOWED.has(lower) || (lower.startsWith("x-") && !ORDERS.test(lower));
}
