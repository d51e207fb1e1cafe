import type { RequestOrigin } from "@/server/audit/contract";
import { newId } from "@/server/db/id";

/** Where a request came from. The server's front door has put the client's address into the header, whatever stood there before. */
export function originOf(headers: Headers): RequestOrigin & { ip: string; requestId: string } {
  const forwarded = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  return {
    ip: forwarded !== undefined && forwarded !== "" ? forwarded.slice(0, 100) : "local",
    userAgent: headers.get("user-agent"),
    requestId: requestIdOf(headers.get("x-request-id")),
  };
}

/** What the caller, or a proxy before us, calls the request; else a name of ours. */
export function requestIdOf(given: string | null | undefined): string {
  return given != null && /^[\w.:-]{1,100}$/.test(given) ? given : newId();
}
