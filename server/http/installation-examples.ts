/** Part of the installation's own web server that steps may call although its address is private: read-only sample data. */
export const EXAMPLES_PATH = "/api/examples/";

/** Encoded slashes and dots, which a router might decode after this check. */
const ENCODED_SEPARATOR = /%(?:2f|5c|2e|25|00)/i;

export function isExampleUrl(url: URL, baseUrl: string): boolean {
  if (!URL.canParse(baseUrl) || new URL(baseUrl).origin !== url.origin) return false;
  return url.pathname.startsWith(EXAMPLES_PATH) && !ENCODED_SEPARATOR.test(url.pathname) && !url.pathname.includes("\\");
}
