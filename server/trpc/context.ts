import type { RequestOrigin } from "@/server/audit/contract";
import { ORGANIZATION_HEADER, WORKSPACE_HEADER } from "@/server/auth/constants";
import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import { requireRecentProof } from "@/server/auth/recent-proof";
import { originOf } from "@/server/auth/request-origin";
import { openSessionScope, type Scope } from "@/server/auth/scope";
import { anySessionOfRequest, type Session } from "@/server/auth/session";
import { sessionCookie } from "@/server/auth/session-cookie";
import { DomainError } from "@/server/errors/domain-error";

export interface RequestContext {
  origin: RequestOrigin & { ip: string };
  /** Looked up when a procedure asks, so that a database that is away becomes that procedure's error. */
  findSession(): Promise<Session | null>;
  /** Also of a person who has still to show or set up a second factor. */
  findAnySession(): Promise<Session | null>;
  /** Throws for a sign-in that nobody has confirmed lately. */
  requireProof(): Promise<void>;
  /** The session goes on under a new secret, which the answer hands to the browser. */
  keepSession(token: string): void;
  /** Of the request; for what depends on the address that the page was opened at. */
  headers: Headers;
  /** The workspace that the request names, if the caller belongs to it. */
  openScope(): Promise<Scope>;
  /** The organization that the request names, or that of the workspace it names. */
  openOrganization(): Promise<OrganizationScope>;
}

interface Extras {
  headers?: Headers;
  setCookie?: (cookie: string) => void;
}

interface Named {
  workspace: string | null;
  organization?: string | null;
}

export function contextFor(lookUp: (workspace: string | null) => Promise<Session | null>, named: Named | string | null, origin: RequestContext["origin"], { headers = new Headers(), setCookie }: Extras = {}): RequestContext {
  const { workspace, organization = null } = typeof named === "object" && named !== null ? named : { workspace: named };
  let session: Promise<Session | null> | undefined;
  let scope: Promise<Scope> | undefined;
  let organizationScope: Promise<OrganizationScope> | undefined;
  const findAnySession = () => (session ??= lookUp(workspace));
  const findSession = async () => {
    const found = await findAnySession();
    return found?.stage === "full" ? found : null;
  };
  const requireSession = async () => {
    const found = await findSession();
    if (found === null) throw new DomainError("unauthenticated", {});
    return found;
  };
  const open = async () => {
    const found = await requireSession();
    if (workspace === null) throw new DomainError("invalid_input", { field: WORKSPACE_HEADER, reason: "must name a workspace" });
    return openSessionScope(found, workspace, origin);
  };
  const openOrganization = async () => {
    const { userId } = await requireSession();
    if (organization !== null) return openOrganizationScope(userId, { slug: organization }, origin);
    if (workspace === null) throw new DomainError("invalid_input", { field: ORGANIZATION_HEADER, reason: "must name an organization" });
    return openOrganizationScope(userId, { workspaceSlug: workspace }, origin);
  };
  const requireProof = async () => requireRecentProof(await requireSession());
  const keepSession = (token: string) => setCookie?.(sessionCookie(token));
  return { origin, headers, findSession, findAnySession, requireProof, keepSession, openScope: () => (scope ??= open()), openOrganization: () => (organizationScope ??= openOrganization()) };
}

export function contextOfRequest(request: Request, answer?: Headers): RequestContext {
  const setCookie = (cookie: string) => answer?.append("set-cookie", cookie);
  const named = { workspace: request.headers.get(WORKSPACE_HEADER), organization: request.headers.get(ORGANIZATION_HEADER) };
  return contextFor((workspace) => anySessionOfRequest(request, workspace), named, originOf(request.headers), { headers: request.headers, setCookie });
}
