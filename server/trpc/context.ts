import type { RequestOrigin } from "@/server/audit/contract";
import { WORKSPACE_HEADER } from "@/server/auth/constants";
import { originOf } from "@/server/auth/request-origin";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { type Session, sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";

export interface RequestContext {
  origin: RequestOrigin & { ip: string };
  /** Looked up when a procedure asks, so that a database that is away becomes that procedure's error. */
  findSession(): Promise<Session | null>;
  /** The workspace that the request names, if the caller belongs to it. */
  openScope(): Promise<Scope>;
}

export function contextFor(lookUp: () => Promise<Session | null>, workspace: string | null, origin: RequestContext["origin"]): RequestContext {
  let session: Promise<Session | null> | undefined;
  let scope: Promise<Scope> | undefined;
  const findSession = () => (session ??= lookUp());
  const open = async () => {
    const found = await findSession();
    if (found === null) throw new DomainError("unauthenticated", {});
    if (workspace === null) throw new DomainError("invalid_input", { field: WORKSPACE_HEADER, reason: "must name a workspace" });
    return openUserScope(found.userId, { slug: workspace }, origin);
  };
  return { origin, findSession, openScope: () => (scope ??= open()) };
}

export function contextOfRequest(request: Request): RequestContext {
  return contextFor(() => sessionOfRequest(request), request.headers.get(WORKSPACE_HEADER), originOf(request.headers));
}
