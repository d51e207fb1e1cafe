import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections } from "@/server/db/client";
import { closeLiveHub } from "@/server/live/hub";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import { handleRest } from "./dispatch";

let token: string;
let worker: InstallationWorker;

beforeAll(async () => {
  const scope = await makeScope("owner");
  token = (await createToken({ scope }, { name: "ci", scopes: ["run:start", "run:read", "wait:answer", "workflow:write"], expiresInDays: 1 })).token;
  worker = startInstallationWorker(() => {});
});
afterAll(async () => {
  await worker.stop();
  await closeLiveHub();
  await closeConnections();
});

async function call(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await handleRest(new Request(`http://localhost/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const definition = (nodes: Record<string, unknown>[], output?: unknown) => ({
  schema: 1, output, nodes: [{ id: "start", kind: "trigger.manual" }, ...nodes], edges: nodes.map(({ id }, index) => ({ from: index === 0 ? "start" : nodes[index - 1]!.id, to: id })),
});

describe("REST: waiting for the end of a run", () => {
  it("answers with the output as soon as it is there", async () => {
    const big = { definition: definition([{ id: "sum", kind: "set", config: { values: { total: "{{ input.a + input.b }}", big: "{{ 10n }}", nothing: "{{ 0/0 }}" } } }], "{{ steps.sum.output }}"), input: { a: 1, b: 2 } };
    const started = performance.now();
    const { status, body } = await call("POST", "/runs?wait=30", big);
    expect(performance.now() - started).toBeLessThan(25_000);
    expect([status, body.status, body.output]).toEqual([200, "succeeded", { total: 3, big: "10", nothing: null }]);
  });

  it("answers with the error of a failed run", async () => {
    const { status, body } = await call("POST", "/runs?wait=30", { definition: definition([{ id: "no", kind: "fail", config: { message: "out of stock", code: "stock" } }]) });
    expect([status, body.status]).toEqual([200, "failed"]);
    expect(body).toMatchObject({ error: { message: "out of stock", nodeId: "no" }, failure: { message: "out of stock" }, output: null });
  });

  it("answers 202 when the time is over, and goes on with a resumed wait", async () => {
    const { status, body } = await call("POST", "/runs?wait=0.3", { definition: definition([{ id: "paid", kind: "wait.signal", config: { signal: "paid" } }], "{{ steps.paid.output }}") });
    expect(status).toBe(202);
    const runId = String(body.id);
    let waits: Record<string, unknown>[] = [];
    while (waits.length === 0) waits = (await call("GET", `/waits?runId=${runId}`)).body.items as Record<string, unknown>[];
    expect(waits).toMatchObject([{ kind: "signal", signal: "paid", status: "open" }]);
    expect(await call("POST", `/waits/${String(waits[0]?.id)}/resume`, { payload: { by: "card" } })).toMatchObject({ status: 200, body: { closed: true } });
    expect(await call("GET", `/runs/${runId}?wait=30`)).toMatchObject({ status: 200, body: { status: "succeeded", output: { by: "card" }, steps: [{ path: "start" }, { path: "paid", status: "succeeded" }] } });
    expect((await call("POST", `/waits/${String(waits[0]?.id)}/resume`, {})).status).toBe(409);
    expect((await call("POST", `/runs/${runId}/rerun?wait=0`, {})).status).toBe(202);
  });
});
