import { recordingDenials } from "@/server/auth/denials";
import { originOf } from "@/server/auth/request-origin";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { answerProblems } from "@/server/rest/problem";
import { listActiveRoutes } from "@/server/triggers/service";
import type { Incoming } from "./incoming";
import { openApiOfRoutes } from "./openapi-of-routes";

/** `/api/r/<workspace>/openapi.json`: for members of the workspace who may see its triggers, and their tokens. */
export function answerRoutesDocument(request: Incoming, slug: string): Promise<Response> {
  return answerProblems(request, async () => {
    const scope = await openScope(request, slug);
    await recordingDenials(scope, () => scope.require("trigger:read"));
    const document = openApiOfRoutes(scope.workspace, env.MILLRACE_URL.replace(/\/$/, ""), await listActiveRoutes(scope.workspaceId));
    return Response.json(document, { headers: { "cache-control": "no-store" } });
  });
}

async function openScope(request: Incoming, slug: string): Promise<Scope> {
  const origin = originOf(request.headers);
  const [scheme, token] = (request.headers.get("authorization") ?? "").split(/\s+/);
  if (scheme?.toLowerCase() === "bearer" && token !== undefined) {
    const scope = await openTokenScope(token, origin);
    if (scope.workspace.slug !== slug) throw new DomainError("not_found", { what: "workspace" });
    return scope;
  }
  const session = await sessionOfRequest(request);
  // The same whether there is such a workspace or not.
  if (session === null) throw new DomainError("unauthenticated", { reason: "Sign in, or send an API token: Authorization: Bearer mlr_…" });
  return openUserScope(session.userId, { slug }, origin);
}
