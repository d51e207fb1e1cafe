import { readFileSync } from "node:fs";
import path from "node:path";
import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definitionSchema } from "@/server/engine/definition";
import { decodeValue } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import { serveSamples, type SampleServer } from "@/server/examples/serve";
import { createGuard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import type { LlmRequestEntry } from "@/server/llm/adapter";
import { until } from "@/server/testing/conformance/suite";
import type { StoredRun } from "@/server/testing/memory-rows";
import { MemoryStore } from "@/server/testing/memory-store";
import { WorkerWorld } from "@/server/testing/worker-world";
import type { WorkerPorts } from "@/server/worker/ports";
import { parseWorkflowFile } from "@/server/workflows/service";
import { createWorker, type Worker } from "@/server/worker/worker";

/** The examples, run by a real worker against the sample pages; nothing private is allowed but those. */
const store = new MemoryStore();
const world = new WorkerWorld();
const llmRequests: LlmRequestEntry[] = [];
let samples: SampleServer;
let worker: Worker;
let http: WorkerPorts["services"]["http"];

beforeAll(async () => {
  samples = await serveSamples();
  const { baseUrl } = samples;
  http = createHttpClient({ guard: createGuard({ allow: [] }), baseUrl });
  const llm = { findAdapter: () => Promise.resolve(null), recordRequest: (entry: LlmRequestEntry) => Promise.resolve(void llmRequests.push(entry)) };
  const ports: WorkerPorts = {
    ...world.ports,
    services: { ...world.ports.services, http, llm },
    workspace: (id) => Promise.resolve({ id, slug: "test", name: "Test", baseUrl }),
  };
  worker = createWorker({ id: v7(), store, ports, pollMs: 50 });
  worker.start();
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([http.close(), samples.close(), world.close()]);
});

type Edit = (node: { id: string; config?: Record<string, unknown> }) => void;

async function begin(example: string, input?: unknown, edit: Edit = () => undefined): Promise<string> {
  const { exampleInput, definition: document } = parseWorkflowFile(readFileSync(path.join(import.meta.dirname, `${example}.yaml`), "utf8"), example);
  (document.nodes as Parameters<Edit>[0][]).forEach(edit);
  const run = world.newRun(world.define(definitionSchema.parse(document)), input ?? exampleInput);
  await store.enqueue([run]);
  return run.id;
}

async function finished(runId: string): Promise<{ run: StoredRun; status: string; output: unknown; error: unknown }> {
  const finish = await until(`run ${runId} to end`, () => store.runs.get(runId)?.finish ?? null);
  const read = (text: string | null) => (text === null ? null : decodeValue(text));
  return { run: store.runs.get(runId)!, status: finish.status, output: read(finish.output), error: read(finish.error) };
}

const attempts = (run: StoredRun, path: string) => [...run.steps.values()].filter((step) => step.path === path).map((step) => step.status);

async function answer(runId: string, path: string, decision: "approved" | "rejected", values: unknown): Promise<void> {
  await until(`${path} to wait`, () => store.runs.get(runId)?.waits.find((wait) => wait.path === path && wait.op === "open") ?? null);
  const payload = encodeValue({ answers: [{ by: "Ada", decision, values, comment: "", at: new Date(0).toISOString() }] });
  await store.send({ runId, kind: "answer", path, attempt: 1, name: null, payload, key: path });
}

describe("order-processing", () => {
  it("retries the payment and finishes", async () => {
    const { run, status, output, error } = await finished(await begin("order-processing"));
    expect(error).toBeNull();
    expect(status).toBe("succeeded");
    expect(output).toMatchObject({ orderId: "1001", status: "paid", lines: [{ sku: "p-2", enough: true }, { enough: true }, { enough: true }] });
    expect(attempts(run, "payment/charge")).toEqual(["failed", "succeeded"]);
  });

  it("takes the other branch for what is not in stock", async () => {
    const { run, output } = await finished(await begin("order-processing", { orderId: "1002" }));
    expect(output).toMatchObject({ status: "back order" });
    expect(attempts(run, "payment")).toEqual([]);
  });
});

describe("paginated-api", () => {
  it("reads all pages and lives with a damaged product", async () => {
    const { output, error } = await finished(await begin("paginated-api"));
    expect(error).toBeNull();
    expect(output).toMatchObject({ listed: 47, read: 46, failed: ["p-13"] });
  });
});

describe("approval-escalation", () => {
  it("passes small amounts", async () => {
    expect(await finished(await begin("approval-escalation", { purpose: "Tea", amount: 5 }))).toMatchObject({ status: "succeeded", output: { approved: true, by: null } });
  });

  it.each([["approved", true], ["rejected", false]] as const)("waits for an answer: %s", async (decision, approved) => {
    const runId = await begin("approval-escalation");
    await answer(runId, "lead", decision, { budget: "Travel" });
    expect(await finished(runId)).toMatchObject({ status: "succeeded", output: { approved, by: "Ada", budget: "Travel" } });
  });

  it("goes up when nobody decides", async () => {
    const runId = await begin("approval-escalation", undefined, (node) => {
      if (node.id === "lead") node.config = { ...node.config, remindAfterSeconds: 0.01, expiresAfterSeconds: 0.05 };
    });
    await answer(runId, "manager", "approved", { budget: "Office" });
    const { run, output } = await finished(runId);
    expect(output).toMatchObject({ approved: true, budget: "Office" });
    expect(run.logs).toMatchObject([{ level: "warn", path: "escalate" }]);
  });
});

describe("llm-triage", () => {
  it("leaves urgent tickets to a person", async () => {
    const { output, run } = await finished(await begin("llm-triage"));
    expect(output).toEqual({ category: "billing", urgent: true, queue: "accounting", reply: null });
    expect(attempts(run, "draft")).toEqual(["skipped"]);
  });

  it("drafts an answer to the others", async () => {
    const { output } = await finished(await begin("llm-triage", { subject: "Crash", text: "There is an error on start" }));
    expect(output).toMatchObject({ category: "technical", urgent: false, queue: "second-level", reply: expect.stringContaining('about "Crash"') as string });
    expect(llmRequests.length).toBeGreaterThanOrEqual(3);
  });
});
