/** Part of the installation's own web server that steps may call although its address is private: read-only sample data. */
export const EXAMPLES_PATH = "/api/examples/";

/** The REST API, for calls with a run's own token alone. */
export const API_PATH = "/api/v1/";

/** Encoded slashes and dots, which a router might decode after this check. */
const ENCODED_SEPARATOR = /%(?:2f|5c|2e|25|00)/i;

export function isOwnUrl(url: URL, baseUrl: string, paths: readonly string[]): boolean {
  if (!URL.canParse(baseUrl) || new URL(baseUrl).origin !== url.origin) return false;
  return paths.some((path) => url.pathname.startsWith(path)) && !ENCODED_SEPARATOR.test(url.pathname) && !url.pathname.includes("\\");
}
