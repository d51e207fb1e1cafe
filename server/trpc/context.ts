import type { RequestOrigin } from "@/server/audit/contract";
import { WORKSPACE_HEADER } from "@/server/auth/contract";
import { originOf } from "@/server/auth/request-origin";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { type Session, sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";

export interface RequestContext {
  session: Session | null;
  origin: RequestOrigin & { ip: string };
  /** The workspace that the request names, if the caller belongs to it. */
  openScope(): Promise<Scope>;
}


export function contextFor(session: Session | null, workspace: string | null, origin: RequestContext["origin"]): RequestContext {
  let scope: Promise<Scope> | undefined;
  const open = async () => {
    if (session === null) throw new DomainError("unauthenticated", {});
    if (workspace === null) throw new DomainError("invalid_input", { field: WORKSPACE_HEADER, reason: "must name a workspace" });
    return openUserScope(session.userId, { slug: workspace }, origin);
  };
  return { session, origin, openScope: () => (scope ??= open()) };
}

export async function contextOfRequest(request: Request): Promise<RequestContext> {
  return contextFor(await sessionOfRequest(request), request.headers.get(WORKSPACE_HEADER), originOf(request.headers));
}
