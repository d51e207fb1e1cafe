import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOnThings, PERMISSIONS } from "@/server/auth/permissions";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { grantPart, makePerson } from "@/server/testing/factories";
import * as organizing from "@/server/organizing/service";
import { createToken } from "@/server/tokens/service";
import { idPositions, type Position, withAt } from "@/server/trpc/testing/id-positions";
import { makeOwned, makeOwner, type Owned } from "@/server/trpc/testing/walk";
import { handleRest } from "./dispatch";
import type { Route } from "./route";
import { ROUTES } from "./routes";

let owner: Scope;
let owned: Owned;

beforeAll(async () => {
  owner = await makeOwner();
  owned = await makeOwned(owner);
});
afterAll(closeConnections);

async function tokenOf(scope: Scope, scopes: readonly string[]): Promise<string> {
  return (await createToken({ scope }, { name: "walk", scopes: [...scopes], expiresInDays: 1 })).token;
}

/** The owner's things in every place of the path; a name that nobody knows fails the test. */
function pathOf(route: Route): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = (owned as Record<string, string>)[name];
    expect([route.path, name, typeof id]).toEqual([route.path, name, "string"]);
    return id!;
  });
}

/** Bodies of the routes that name things there. */
const bodies = (of = owned): Record<string, unknown> => bodiesOf(of);
const bodiesOf = (owned: Owned): Record<string, unknown> => ({
  "POST /runs": { workflowId: owned.workflowId },
  "POST /batches": { workflowId: owned.workflowId, inputs: [{}] },
  "POST /batches/check": { workflowId: owned.workflowId, inputs: [{}] },
  "POST /workflows/export": { workflowIds: [owned.workflowId] },
  "POST /runs/{runId}/signals": { name: "go" },
  "POST /triggers": { workflowId: owned.workflowId, kind: "webhook", name: "Mine" },
  "PATCH /triggers/{triggerId}": { name: "Mine" },
  "PUT /triggers/{triggerId}/mode": { mode: "disabled" },
  "PUT /triggers/{triggerId}/pause": { until: "2099-01-01T00:00:00Z" },
  "POST /reviews/{reviewId}/comments": { text: "x" },
  "POST /workflows/{workflowId}/promotions": { environment: owned.environmentId, versionId: owned.versionId },
  "POST /workflows/{workflowId}/rollbacks": { environment: owned.environmentId, versionId: owned.versionId },
  "PATCH /workflows/{workflowId}": { name: "Mine" },
  "PUT /workflows/{workflowId}/draft": { definition: { schema: 1, nodes: [], edges: [] }, revision: 1 },
});
const nameOf = ({ method, path }: Route) => `${method} ${path}`;

async function call(route: Route, token: string | null): Promise<Response> {
  const hasBody = route.method !== "GET" && route.method !== "DELETE";
  const query = { "GET /runs/{runId}/value": "?what=input", "GET /workflows/{workflowId}/promotion": `?environment=${owned.environmentId}` }[nameOf(route)] ?? "";
  const headers = { "content-type": "application/json", ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  return handleRest(new Request(`http://localhost/api/v1${pathOf(route)}${query}`, { method: route.method, headers, body: hasBody ? JSON.stringify(bodies()[nameOf(route)] ?? {}) : undefined }));
}

/** What a route wants besides, or its contract's variant that takes the id. */
const neededOf = ({ environmentId, folderId }: Owned): Record<string, object> => ({
  "GET /runs/{runId}/value": { what: "input" },
  "GET /workflows/{workflowId}/promotion": { environment: environmentId },
  "POST /workflows": { name: "x" },
  "POST /workflows/import": { text: "nodes: []" },
  "POST /workflows/{workflowId}/reviews": { environment: environmentId },
  "PUT /protection": { folderId, needsReview: true, isLocked: true },
});
const FILTER = "narrows a list: what fits none of one's own is empty";
/** Where a foreign id is no error, and why; the answer holds nothing of what it names. */
const NARROWING: Record<string, string> = {
  ...Object.fromEntries(["folderId", "tagIds", "tagIds.[]", "ids", "ids.[]"].map((at) => [`GET /workflows ${at}`, FILTER])),
  ...Object.fromEntries(["workflowId", "versionId", "startedById", "environment", "environment.[]", "parentRunId"].map((at) => [`GET /runs ${at}`, FILTER])),
  "GET /batches workflowId": FILTER, "GET /waits runId": FILTER, "GET /triggers workflowId": FILTER,
  "POST /workflows/{workflowId}/promotions expectedVersionId": "is compared with what is there, and shown nowhere",
  "POST /workflows/{workflowId}/rollbacks expectedVersionId": "is compared with what is there, and shown nowhere",
};
const NAMED: Record<string, keyof Owned> = { startedById: "personId", userId: "personId", environment: "environmentId", parentRunId: "runId", expectedVersionId: "versionId", parentId: "folderId", userIds: "personId", ids: "workflowId" };

function foreignOf(at: Position): string | undefined {
  const field = at.filter((step) => step !== "[]" && step !== "{}").at(-1) ?? "";
  const name = NAMED[field] ?? field;
  return (owned as Record<string, string>)[name] ?? (owned as Record<string, string>)[name.replace(/s$/, "")];
}

/** An input in the places where the route takes it: path, query, body. */
async function ask(route: Route, input: Record<string, unknown>, token: string): Promise<{ status: number; text: string }> {
  const left = { ...input };
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = left[name];
    delete left[name];
    return String(value);
  });
  const hasBody = route.method !== "GET" && route.method !== "DELETE";
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(left)) {
    if (hasBody && !route.queryFields.includes(name)) continue;
    for (const one of [value].flat()) query.append(name, String(one));
    delete left[name];
  }
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const answer = await handleRest(new Request(`http://localhost/api/v1${path}?${query}`, { method: route.method, headers, body: hasBody ? JSON.stringify(left) : undefined }));
  return { status: answer.status, text: await answer.text() };
}

const namesThings = (route: Route) => route.path.includes("{") || nameOf(route) in bodies();

describe("every route of the REST API", () => {
  it("is closed without a token, and with one that is none", async () => {
    for (const route of ROUTES) for (const token of [null, "mlr_none"]) expect([nameOf(route), (await call(route, token)).status]).toEqual([nameOf(route), 401]);
  });

  it("asks for its permission, whatever else the token may do", async () => {
    const tokens = new Map<string, string>();
    for (const route of ROUTES) {
      const { permission } = route;
      const token = tokens.get(permission) ?? (await tokenOf(owner, PERMISSIONS.filter((one) => one !== permission)));
      tokens.set(permission, token);
      expect([nameOf(route), (await call(route, token)).status]).toEqual([nameOf(route), 403]);
    }
  });

  it("knows nothing of another workspace", async () => {
    const token = await tokenOf(await makeOwner(), PERMISSIONS);
    for (const route of ROUTES.filter(namesThings)) expect([nameOf(route), (await call(route, token)).status]).toEqual([nameOf(route), 404]);
    for (const route of ROUTES.filter((one) => one.method === "GET" && !namesThings(one) && one.path !== "/batches")) {
      expect([nameOf(route), await (await call(route, token)).json()]).toMatchObject([nameOf(route), { items: [] }]);
    }
  });

  it("takes no foreign id in any place where it takes one, by its contract", async () => {
    const stranger = await makeOwner();
    const own = await makeOwned(stranger);
    const token = await tokenOf(stranger, PERMISSIONS);
    const needed = neededOf(own);
    const tried: string[] = [];
    for (const route of ROUTES) {
      const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      const base = { ...needed[nameOf(route)], ...(bodiesOf(own)[nameOf(route)] as object | undefined), ...Object.fromEntries(parameters.map((name) => [name, (own as Record<string, string>)[name]])) };
      for (const at of idPositions(route.input)) {
        const key = `${nameOf(route)} ${at.join(".")}`;
        const id = foreignOf(at);
        expect([key, typeof id]).toEqual([key, "string"]);
        const answer = await ask(route, withAt(base, at, id) as Record<string, unknown>, token);
        tried.push(key);
        if (!(key in NARROWING)) expect([key, answer.status]).toEqual([key, 404]);
        else expect([key, answer.status, Object.values(owned).filter((one) => answer.text.includes(one))]).toEqual([key, 200, []]);
      }
    }
    expect(Object.keys(NARROWING).filter((key) => !tried.includes(key))).toEqual([]);
    expect(tried.length).toBeGreaterThan(50);
  });

  it("reaches no further than the folder of the token's owner", async () => {
    const { id: folderId } = await organizing.createFolder({ scope: owner }, { name: "Granted", parentId: null });
    const { id } = await makePerson(owner.organizationId);
    await grantPart(owner, id, "owner", { folderId });
    const partial = await openUserScope(id, { id: owner.workspaceId });
    await expect(tokenOf(partial, ["settings:read"])).rejects.toMatchObject({ kind: "invalid_input" });
    const own = await tokenOf(partial, ["run:read"]);
    expect((await openTokenScope(own)).for("run:read").places).toEqual({ folders: [folderId], items: [] });
    // Made while its owner had a role; the role went, the folder stayed.
    const token = await tokenOf(owner, PERMISSIONS);
    await owner.db.apiToken.updateMany({ where: { name: "walk", userId: owner.userId }, data: { userId: id } });
    for (const route of ROUTES) {
      const { permission, isWhole } = route;
      const status = (await call(route, token)).status;
      if (!isOnThings(permission) || isWhole) expect([nameOf(route), status]).toEqual([nameOf(route), 403]);
      else if (namesThings(route)) expect([nameOf(route), status]).toEqual([nameOf(route), 404]);
      else expect([nameOf(route), status >= 500]).toEqual([nameOf(route), false]);
    }
  });
});
