import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { handleRest } from "@/server/rest/dispatch";
import * as runs from "@/server/runs/service";
import { createServiceAccount } from "@/server/programs/service";
import { makeScope } from "@/server/testing/factories";
import { openInstallationPorts } from "@/server/worker/installation-ports";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import { createLink, viewLink } from "@/server/waits/service";
import * as workflows from "@/server/workflows/service";
import type { Scope } from "../scope";
import { openTokenScope } from "../scope";

let admin: Scope;
let builder: Scope;
let worker: InstallationWorker;
/** Tokens that calls carried, and what happens before they are answered. */
const carried: string[] = [];
let during: () => Promise<void> = async () => {};
let answered = 0;
const ports = openInstallationPorts();

beforeAll(async () => {
  admin = await makeScope("admin");
  builder = await makeScope("builder", admin.workspaceId);
  // The installation's own API, without a socket between.
  const send: typeof ports.services.http.send = async (request) => {
    carried.push(/Bearer (.*)/.exec(request.headers.authorization ?? "")?.[1] ?? "");
    await during();
    const response = await handleRest(new Request(request.url, { method: request.method, headers: request.headers, ...(request.body == null ? {} : { body: request.body as string }) }));
    answered = response.status;
    return { url: request.url, status: response.status, statusText: "", headers: Object.fromEntries(response.headers), setCookies: [], body: new Uint8Array(await response.arrayBuffer()), redirects: 0 };
  };
  worker = startInstallationWorker(() => {}, { ports: { ...ports, services: { ...ports.services, http: { ...ports.services.http, send } } } });
});
afterAll(async () => {
  await worker.stop();
  await ports.close();
  await closeConnections();
});

const ended = (runId: string) =>
  vi.waitFor(async () => {
    const found = await rawDb().run.findUniqueOrThrow({ where: { id: runId } });
    expect(found.finishedAt).not.toBeNull();
    return found;
  }, { timeout: 60_000, interval: 50 });

async function call(scope: Scope, starter: Scope, permissions: string[], path: string, more: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
  const config = { url: `${env.MILLRACE_URL}/api/v1${path}`, auth: { type: "run", permissions }, expectedStatus: ["2xx", "4xx"], ...more };
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, { id: "call", kind: "http", config }], edges: [{ from: "start", to: "call" }], output: "{{ steps.call.output }}", settings };
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: `Caller ${newId()}`, description: "", definition });
  await workflows.publish({ scope }, { workflowId, note: "" });
  const { runId } = await runs.startRun({ scope: starter }, { workflowId, mode: "production", input: {} });
  const run = await ended(runId);
  return { runId, workflowId, output: run.output as { status: number; body: Record<string, unknown> } | null, error: run.error as { code: string } | null };
}

describe("the token of a run", () => {
  it("calls the API for what the step asks, as the run, and is void and nowhere to be read afterwards", async () => {
    const { runId, workflowId, output } = await call(builder, admin, ["workflow:read"], "/workflows?limit=1");
    expect(output).toMatchObject({ status: 200, body: { items: [{}] } });
    const token = carried.at(-1)!;
    expect(token).toMatch(/^mrt_/);
    await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
    expect(await rawDb().runToken.count({ where: { runId } })).toBe(0);
    const { name } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
    expect(await rawDb().auditEvent.findMany({ where: { workspaceId: admin.workspaceId, action: "run_token.issued", resourceId: runId } })).toMatchObject([{ actorName: `run ${runId} as Test admin` }]);
    const { output: made } = await call(builder, builder, ["workflow:write", "workflow:read"], "/workflows", { method: "POST", body: { type: "json", value: { name: "Made by a run" } } });
    expect(made).toMatchObject({ status: 201 });
    expect(await rawDb().auditEvent.findFirst({ where: { workspaceId: admin.workspaceId, action: "workflow.created" }, orderBy: { at: "desc" } })).toMatchObject({ actorType: "token", actorName: expect.stringMatching(/^run .* of Caller .* as Test builder$/) as string });
    expect(name).toContain("Caller");
    // Not even where the step stored what it sent.
    const stored = await rawDb().$queryRaw<{ text: string }[]>`select concat(input::text, output::text, error::text) as text from step_run where run_id = ${runId}::uuid`;
    expect(stored.map(({ text }) => text).join()).not.toContain(token);
  });

  it("attack: starts runs for whoever started its own, whomever the run acts as, and those of child runs too", async () => {
    const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, { id: "one", kind: "set", config: { values: {} } }], edges: [{ from: "start", to: "one" }] };
    const { id: workflowId } = await workflows.createWorkflow({ scope: builder }, { name: `Started ${newId()}`, description: "", definition });
    await workflows.publish({ scope: builder }, { workflowId, note: "" });
    const account = await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "builder" } });
    for (const [settings, startedById] of [[{}, null], [{ runAs: account.name }, account.id]] as const) {
      const { output, workflowId: caller } = await call(admin, builder, ["run:start", "run:read", "workflow:read"], "/runs", { method: "POST", body: { type: "json", value: { workflowId } } }, settings);
      // 200 when it has ended before anybody could answer.
      expect([200, 202]).toContain(output?.status);
      const newest = () => rawDb().run.findFirstOrThrow({ where: { workflowId }, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
      const direct = await newest();
      expect(direct).toMatchObject({ startedById, startedForId: builder.userId });
      const around = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, { id: "child", kind: "subworkflow", config: { workflow: caller, input: {} } }], edges: [{ from: "start", to: "child" }] };
      const { id: parent } = await workflows.createWorkflow({ scope: admin }, { name: `Around ${newId()}`, description: "", definition: around });
      await workflows.publish({ scope: admin }, { workflowId: parent, note: "" });
      const { runId } = await runs.startRun({ scope: builder }, { workflowId: parent, mode: "production", input: {} });
      expect(await ended(runId)).toMatchObject({ status: "succeeded" });
      const byChild = await newest();
      expect(byChild.id).not.toBe(direct.id);
      expect(byChild.startedForId).toBe(builder.userId);
    }
  });

  it("attack: a link to an approval that a run made outlives none of what its person may", async () => {
    const person = await makeScope("operator", admin.workspaceId);
    const waitId = newId();
    const { runId: waiting } = await call(builder, admin, ["workflow:read"], "/workflows");
    await rawDb().wait.create({ data: { id: waitId, workspaceId: admin.workspaceId, runId: waiting, path: "ask", attempt: 1, nodeId: "ask", kind: "approval", requiredAnswers: 1, detail: { title: "Pay?", message: "", form: null, approvers: [], requiredAnswers: 1, excludesStarter: false } } });
    let url = "";
    during = async () => void ({ url } = await createLink({ scope: await openTokenScope(carried.at(-1)!) }, { waitId, recipient: "boss@example.com" }));
    await call(builder, person, ["wait:answer", "run:read"], "/workflows").finally(() => (during = async () => {}));
    const view = () => viewLink({ origin: { ip: "test", userAgent: null, requestId: null } }, { token: url.split("/a/")[1]! });
    expect(await view()).toMatchObject({ ended: null });
    const membership = { where: { userId: person.userId! } };
    await rawDb().membership.updateMany({ ...membership, data: { role: "viewer" } });
    await expect(view()).rejects.toMatchObject({ kind: "link_invalid" });
    await rawDb().membership.updateMany({ ...membership, data: { role: "operator" } });
    expect(await view()).toMatchObject({ ended: null });
    await rawDb().user.update({ where: { id: person.userId! }, data: { disabledAt: new Date() } });
    await expect(view()).rejects.toMatchObject({ kind: "link_invalid" });
  });

  it("is never for more than whoever published the workflow might do, or its run's identity", async () => {
    expect((await call(builder, admin, ["settings:write", "workflow:read"], "/workflows")).output?.status).toBe(200);
    let scope: Scope | undefined;
    during = async () => void (scope = await openTokenScope(carried.at(-1)!));
    await call(builder, admin, ["settings:write", "member:write", "workflow:read"], "/workflows");
    expect([...scope!.permissions]).toEqual(["workflow:read"]);
    expect(scope!.userId).toBeNull();
    const viewer = await makeScope("operator", admin.workspaceId);
    await call(builder, viewer, ["workflow:write", "run:read"], "/runs");
    expect([...scope!.permissions]).toEqual(["run:read"]);
    during = async () => {};
  });

  it("ends with the rights of its identity, and with its step", async () => {
    const leaving = await makeScope("operator", admin.workspaceId);
    during = async () => void (await rawDb().membership.deleteMany({ where: { userId: leaving.userId! } }));
    expect((await call(builder, leaving, ["run:read"], "/runs")).output?.status).toBe(401);
    during = async () => {
      const { runId, path } = await rawDb().runToken.findFirstOrThrow({ orderBy: { createdAt: "desc" } });
      await rawDb().stepRun.updateMany({ where: { runId, path }, data: { status: "cancelled" } });
    };
    await call(builder, admin, ["run:read"], "/runs");
    expect(answered).toBe(401);
    during = async () => {};
  });

  it("is for this installation's API alone, and for permissions that there are", async () => {
    const before = carried.length;
    for (const url of ["https://example.com/api/v1/runs", `${env.MILLRACE_URL}/api/trpc/x`, `${env.MILLRACE_URL}/api/v1/%2e%2e/trpc`, `${env.MILLRACE_URL}.example.com/api/v1/x`]) {
      expect([url, (await call(builder, builder, ["run:read"], "", { url })).error?.code]).toEqual([url, "token_for_elsewhere"]);
    }
    expect((await call(builder, builder, ["run:everything"], "/runs")).error?.code).toBe("unknown_permission");
    expect((await call(builder, builder, ["run:read:Nowhere"], "/runs")).error?.code).toBe("unknown_permission");
    expect(carried).toHaveLength(before);
  });
});
