import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { serveSamples, type SampleServer } from "@/server/examples/serve";
import { createGuard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import { followSteps } from "@/server/live/follow-steps";
import { ensureBuiltInAdapters } from "@/server/catalog/service";
import { runValueInput } from "@/server/runs/contract";
import { getValue, isFinal, signalRun, startRun } from "@/server/runs/service";
import { makeScope } from "@/server/testing/factories";
import { answerWait } from "@/server/waits/service";
import { openInstallationPorts } from "@/server/worker/installation-ports";
import { type InstallationWorker, startInstallationWorker } from "@/server/worker/installation-worker";
import { createFromExample, listExamples } from "@/server/workflows/service";

/** Every template: used as a person uses it, run by a worker of the installation on PostgreSQL, with its own example input. */
let scope: Scope;
let samples: SampleServer;
let worker: InstallationWorker;
let http: ReturnType<typeof createHttpClient>;

beforeAll(async () => {
  scope = await makeScope("builder");
  await ensureBuiltInAdapters();
  samples = await serveSamples();
  const { baseUrl } = samples;
  http = createHttpClient({ guard: createGuard({ allow: [] }), baseUrl });
  const ports = openInstallationPorts();
  worker = startInstallationWorker((error) => console.error(error), {
    ports: { ...ports, services: { ...ports.services, http }, workspace: async (id) => ({ ...(await ports.workspace(id)), baseUrl }) },
  });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([http.close(), samples.close()]);
  await closeConnections();
});

async function begin(example: string, input?: unknown): Promise<string> {
  const { id: workflowId, published, problems } = await createFromExample({ scope }, { example });
  expect([example, published?.number, problems]).toEqual([example, 1, []]);
  const offered = (await listExamples()).find(({ id }) => id === example)!.input;
  return (await startRun({ scope }, { workflowId, mode: "production", input: input ?? offered })).runId;
}

type View = Awaited<ReturnType<typeof followSteps>>;

async function follow(runId: string, isThere: (view: View) => boolean): Promise<View> {
  for (let afterSeq = 0; ; ) {
    const view = await followSteps({ scope }, { runId, afterSeq }, 5);
    if (isThere(view) || isFinal(view.run.status)) return view;
    afterSeq = view.seq;
  }
}

async function ended(runId: string): Promise<unknown> {
  const { run } = await follow(runId, () => false);
  expect([run.status, run.failure]).toEqual(["succeeded", null]);
  const { text } = await getValue({ scope }, runValueInput.parse({ runId, what: "output" }));
  return JSON.parse(text ?? "null");
}

/** What each gives with the input that it offers. */
const OUTPUTS: Readonly<Record<string, unknown>> = {
  "order-processing": { orderId: "1001", status: "paid" },
  "paginated-api": { listed: 47, read: 46, failed: ["p-13"] },
  "llm-triage": { category: "billing", urgent: true, queue: "accounting" },
  "saga-with-compensation": { status: "taken back", undone: [expect.any(String), "r-p-13"] },
  "fallback-source": { source: "stock", available: 15, because: expect.stringContaining("422") as string },
  "retry-with-backoff": { status: "captured", paymentId: expect.any(String) as string },
  "order-with-sub-workflow": { total: 699, lines: [{ sku: "p-2", total: 47 }, { sku: "p-3" }, { sku: "p-5" }] },
  "fan-out-and-join": { name: "Rug 1", price: 158, free: 3 },
  "stock-report": { rows: expect.arrayContaining([{ sku: "p-3", quantity: 4, value: 336 }]) as unknown, csv: expect.stringMatching(/^sku,quantity,value\n/) as string },
  "daily-digest": { text: expect.stringMatching(/^3 orders worth \d+ EUR\. Low: Lamp 1/) as string },
  "remember-with-cache": { unique: ["Lamp 1", "Desk 1"], looked: 3 },
  "search-page-by-page": { found: { id: "p-25", name: "Rug 3" }, pages: 5 },
  "shipping-by-country": { cost: 11, days: 3 },
  "review-sentiment": { positive: 1, negative: 1, moods: ["positive", "negative", "neutral"] },
  "first-that-fits": { chosen: "p-3", asked: 3 },
};

describe("templates", () => {
  it("are each tried here", () => {
    const files = readdirSync(import.meta.dirname).flatMap((file) => (file.endsWith(".yaml") ? [file.replace(".yaml", "")] : []));
    expect([...Object.keys(OUTPUTS), "approval-escalation", "wait-for-signal"].sort()).toEqual(files.sort());
  });

  it.each(Object.keys(OUTPUTS))("%s", async (example) => {
    expect(await ended(await begin(example))).toMatchObject(OUTPUTS[example] as object);
  });

  it("saga-with-compensation ships what can be shipped", async () => {
    expect(await ended(await begin("saga-with-compensation", { product: "p-1", amount: 5 }))).toEqual({ status: "shipped", undone: [] });
  });

  it("remember-with-cache keeps one answer for each product", async () => {
    const kept = () => rawDb().stepCache.count({ where: { workspaceId: scope.workspaceId } });
    const before = await kept();
    await ended(await begin("remember-with-cache", { products: ["p-7", "p-8", "p-7"] }));
    expect((await kept()) - before).toBe(2);
  });

  it("order-with-sub-workflow brings the workflow that it calls once", async () => {
    await begin("order-with-sub-workflow");
    expect(await scope.db.workflow.count({ where: { slug: { startsWith: "price-of-a-line" } } })).toBe(1);
  });

  it("wait-for-signal goes on with the signal", async () => {
    const runId = await begin("wait-for-signal");
    await signalRun({ scope }, { runId, name: "delivered", payload: { to: "Ada" } });
    expect(await ended(runId)).toEqual({ parcel: "JD-4711", state: "delivered", to: "Ada" });
  });

  it("approval-escalation waits for a person", async () => {
    const runId = await begin("approval-escalation");
    const { waits } = await follow(runId, (view) => view.waits.some(({ status }) => status === "open"));
    await answerWait({ scope }, { waitId: waits[0]!.id, decision: "approved", values: { budget: "Travel" }, comment: "" });
    expect(await ended(runId)).toMatchObject({ approved: true, budget: "Travel" });
  });
});
