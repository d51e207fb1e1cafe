import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/**
 * A cookie comes along with what any page sends, that of a neighbouring subdomain included. What changes something counts only from
 * our own pages, or from a program: that sends neither header, and no browser lets a page leave them out.
 */
export function isFromOurPages({ headers, method }: Pick<Request, "headers" | "method">): boolean {
  if (SAFE_METHODS.includes(method)) return true;
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = headers.get("origin");
  if (origin === null) return true;
  if (!URL.canParse(origin)) return false;
  return origin === new URL(env.MILLRACE_URL).origin || new URL(origin).host === headers.get("host");
}

export function requireOurPages(request: Pick<Request, "headers" | "method">): void {
  if (!isFromOurPages(request)) throw new DomainError("foreign_origin", {});
}
