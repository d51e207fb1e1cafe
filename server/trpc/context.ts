import type { RequestOrigin } from "@/server/audit/contract";
import { ORGANIZATION_HEADER, WORKSPACE_HEADER } from "@/server/auth/constants";
import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
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
  /** The organization that the request names, or that of the workspace it names. */
  openOrganization(): Promise<OrganizationScope>;
}

interface Named {
  workspace: string | null;
  organization?: string | null;
}

export function contextFor(lookUp: () => Promise<Session | null>, named: Named | string | null, origin: RequestContext["origin"]): RequestContext {
  const { workspace, organization = null } = typeof named === "object" && named !== null ? named : { workspace: named };
  let session: Promise<Session | null> | undefined;
  let scope: Promise<Scope> | undefined;
  let organizationScope: Promise<OrganizationScope> | undefined;
  const findSession = () => (session ??= lookUp());
  const requireSession = async () => {
    const found = await findSession();
    if (found === null) throw new DomainError("unauthenticated", {});
    return found;
  };
  const open = async () => {
    const { userId } = await requireSession();
    if (workspace === null) throw new DomainError("invalid_input", { field: WORKSPACE_HEADER, reason: "must name a workspace" });
    return openUserScope(userId, { slug: workspace }, origin);
  };
  const openOrganization = async () => {
    const { userId } = await requireSession();
    if (organization !== null) return openOrganizationScope(userId, { slug: organization }, origin);
    if (workspace === null) throw new DomainError("invalid_input", { field: ORGANIZATION_HEADER, reason: "must name an organization" });
    return openOrganizationScope(userId, { workspaceSlug: workspace }, origin);
  };
  return { origin, findSession, openScope: () => (scope ??= open()), openOrganization: () => (organizationScope ??= openOrganization()) };
}

export function contextOfRequest(request: Request): RequestContext {
  const named = { workspace: request.headers.get(WORKSPACE_HEADER), organization: request.headers.get(ORGANIZATION_HEADER) };
  return contextFor(() => sessionOfRequest(request), named, originOf(request.headers));
}
