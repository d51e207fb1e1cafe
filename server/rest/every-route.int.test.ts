import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOnThings, PERMISSIONS } from "@/server/auth/permissions";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { grantPart, makePerson } from "@/server/testing/factories";
import * as organizing from "@/server/organizing/service";
import { createToken } from "@/server/tokens/service";
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
const bodies = (): Record<string, unknown> => ({
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
