import { recordingDenials } from "@/server/auth/denials";
import { originOf } from "@/server/auth/request-origin";
import type { Permission } from "@/server/auth/permissions";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { awaitRun } from "@/server/live/await-run";
import { isByRequest, type RouteAuth } from "@/server/triggers/kinds/route/spec";
import { askAuthorizer, readSideRun, type RouteMatch, storedValue } from "@/server/triggers/service";
import { queryOf } from "./event-of-request";
import { requireVerified } from "./gate";
import type { Incoming } from "./incoming";
import { refusal, TurnedAway, unverified } from "./turned-away";

/** Who calls a route, as far as its rule makes that known: the run reads it as `trigger.caller`. Turns everybody else away. */
export async function requireCaller({ endpoint, config: { auth }, params }: RouteMatch, request: Incoming, body: Uint8Array): Promise<unknown> {
  if (isByRequest(auth)) {
    await requireVerified(endpoint, auth, request, body);
    return undefined;
  }
  switch (auth.type) {
    case "token":
      return callerOf(await scopeOfToken(request, endpoint.workspaceId), auth.permission);
    case "session":
      return callerOf(await scopeOfSession(request, endpoint.workspaceId), auth.permission);
    case "workflow":
      return decidedBy(auth, { endpoint, params }, request);
  }
}

async function scopeOfToken(request: Incoming, workspaceId: string): Promise<Scope> {
  const [scheme, token] = (request.headers.get("authorization") ?? "").split(/\s+/);
  if (scheme?.toLowerCase() !== "bearer" || token === undefined) throw unverified("Bearer");
  const scope = await openTokenScope(token, originOf(request.headers)).catch(asUnverified);
  if (scope.workspaceId !== workspaceId) throw unverified("Bearer");
  return scope;
}

async function scopeOfSession(request: Incoming, workspaceId: string): Promise<Scope> {
  const session = isOfOurPages(request) ? await sessionOfRequest(request) : null;
  if (session === null) throw unverified();
  return openUserScope(session.userId, { id: workspaceId }, originOf(request.headers)).catch(asUnverified);
}

/** A cookie comes along with what any page sends: only what this application's own pages send counts. */
export function isOfOurPages({ headers, method }: Incoming): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || (site === "none" && method === "GET");
  const origin = headers.get("origin");
  return origin === null ? method === "GET" : origin === new URL(env.MILLRACE_URL).origin;
}

function asUnverified(error: unknown): never {
  throw DomainError.is(error, "unauthenticated") || DomainError.is(error, "not_found") ? unverified() : error;
}

async function callerOf(scope: Scope, permission: Permission): Promise<unknown> {
  const denied = await recordingDenials(scope, () => scope.require(permission)).then(() => false, isDenial);
  if (denied) throw new TurnedAway("forbidden", refusal({ kind: "forbidden", title: "Not allowed", status: 403, detail: `This needs the permission ${permission}.` }));
  const { type, id, name } = scope.actor;
  return { type, id, name };
}

function isDenial(error: unknown): true {
  if (DomainError.is(error, "forbidden")) return true;
  throw error;
}

/** A workflow of the workspace decides. Whatever is not a clear yes is a no. */
async function decidedBy(auth: Extract<RouteAuth, { type: "workflow" }>, { endpoint, params }: Pick<RouteMatch, "endpoint" | "params">, request: Incoming): Promise<unknown> {
  const url = new URL(request.url);
  const headers = Object.fromEntries(auth.headers.flatMap((name) => (request.headers.has(name) ? [[name.toLowerCase(), request.headers.get(name)]] : [])));
  const asked = { method: request.method, path: url.pathname, params, query: queryOf(url), headers };
  const runId = await askAuthorizer(endpoint, auth.workflow, asked).catch((error: unknown) => {
    throw DomainError.is(error, "invalid_input") ? unverified() : error;
  });
  const ended = runId === null ? null : await awaitRun({ workspaceId: endpoint.workspaceId, runId }, auth.timeoutSeconds, () => readSideRun(endpoint.workspaceId, runId), request.signal);
  if (ended?.status !== "succeeded") throw unverified();
  const answer = await storedValue(endpoint.workspaceId, ended.output ?? "null");
  if (answer === true) return undefined;
  const { allow, caller } = (typeof answer === "object" && answer !== null ? answer : {}) as { allow?: unknown; caller?: unknown };
  if (allow !== true) throw unverified();
  return caller;
}
