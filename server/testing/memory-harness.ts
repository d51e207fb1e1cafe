import { MemoryStore } from "@/server/testing/memory-store";
import type { StoreHarness } from "@/server/testing/conformance/suite";

/** A store in memory as the conformance suite and tests of the worker see it. */
export async function openMemoryHarness(store = new MemoryStore()): Promise<StoreHarness> {
  return {
    store,
    expire: async (...runIds) => {
      for (const runId of runIds) if (store.runs.get(runId)?.state === "running") store.expire(runId);
    },
    heldSince: async (seconds, ...runIds) => {
      for (const runId of runIds) store.runs.get(runId)!.claimedAt = Date.now() - seconds * 1_000;
    },
    refuse: async (runId) => {
      store.refuses = (write) => write.runId === runId && write.steps.some(({ status }) => status === "succeeded");
      return async () => void (store.refuses = () => false);
    },
    outcome: async (runId) => store.runs.get(runId)?.finish ?? null,
    steps: async (runId) =>
      [...(store.runs.get(runId)?.steps.values() ?? [])].map(({ path, attempt, status, input, output, error }) => ({ path, attempt, status, input: input ?? null, output: output ?? null, error: error ?? null })),
    logs: async (runId) => store.runs.get(runId)?.logs ?? [],
    children: async (runId) => [...store.runs.values()].flatMap(({ run }) => (run.parent?.runId === runId ? [run.id] : [])),
    waits: async (runId) => {
      const status = new Map<string, string>();
      for (const wait of store.runs.get(runId)?.waits ?? []) status.set(wait.path, wait.op === "close" ? wait.status : "open");
      return [...status].map(([path, state]) => ({ path, status: state }));
    },
    state: async (runId) => store.runs.get(runId)?.state ?? store.runs.get(runId)?.finish?.status ?? "unknown",
    close: async () => {},
  };
}
