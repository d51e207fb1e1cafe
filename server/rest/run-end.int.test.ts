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

async function openWaits(filter: string): Promise<Record<string, unknown>[]> {
  for (;;) {
    const waits = (await call("GET", `/waits${filter}`)).body.items as Record<string, unknown>[];
    if (waits.length > 0) return waits;
  }
}

const definition = (nodes: Record<string, unknown>[], output?: unknown) => ({
  schema: 1, output, nodes: [{ id: "start", kind: "trigger.manual" }, ...nodes], edges: nodes.map(({ id }, index) => ({ from: index === 0 ? "start" : nodes[index - 1]!.id, to: id })),
});

describe("REST: waiting for the end of a run", () => {
  it("answers with the output as soon as it is there", async () => {
    const big = { definition: definition([{ id: "sum", kind: "set", config: { values: { total: "{{ input.a + input.b }}", big: "{{ 10n }}", nothing: "{{ 0/0 }}" } } }], "{{ steps.sum.output }}"), input: { a: 1, b: 2 } };
    // Before one that was asked for earlier, and would have had its time before.
    const held = call("POST", "/runs?wait=150", { definition: definition([{ id: "paid", kind: "wait.signal", config: { signal: "paid" } }]) });
    const answer = call("POST", "/runs?wait=150", big);
    expect(await Promise.race([held, answer])).toBe(await answer);
    const { status, body } = await answer;
    expect([status, body.status, body.output]).toEqual([200, "succeeded", { total: 3, big: "10", nothing: null }]);
    const [open] = await openWaits("");
    await call("POST", `/waits/${String(open?.id)}/resume`, {});
    expect(await held).toMatchObject({ status: 200, body: { status: "succeeded" } });
  });

  it("answers with the error of a failed run", async () => {
    const { status, body } = await call("POST", "/runs?wait=150", { definition: definition([{ id: "no", kind: "fail", config: { message: "out of stock", code: "stock" } }]) });
    expect([status, body.status]).toEqual([200, "failed"]);
    expect(body).toMatchObject({ error: { message: "out of stock", nodeId: "no" }, failure: { message: "out of stock" }, output: null });
  });

  it("answers 202 when the time is over, and goes on with a resumed wait", async () => {
    const { status, body } = await call("POST", "/runs?wait=0.3", { definition: definition([{ id: "paid", kind: "wait.signal", config: { signal: "paid" } }], "{{ steps.paid.output }}") });
    expect(status).toBe(202);
    const runId = String(body.id);
    const waits = await openWaits(`?runId=${runId}`);
    expect(waits).toMatchObject([{ kind: "signal", signal: "paid", status: "open" }]);
    expect(await call("POST", `/waits/${String(waits[0]?.id)}/resume`, { payload: { by: "card" } })).toMatchObject({ status: 200, body: { closed: true } });
    expect(await call("GET", `/runs/${runId}?wait=150`)).toMatchObject({ status: 200, body: { status: "succeeded", output: { by: "card" }, steps: [{ path: "start" }, { path: "paid", status: "succeeded" }] } });
    expect((await call("POST", `/waits/${String(waits[0]?.id)}/resume`, {})).status).toBe(409);
    expect((await call("POST", `/runs/${runId}/rerun?wait=0`, {})).status).toBe(202);
  });
});
