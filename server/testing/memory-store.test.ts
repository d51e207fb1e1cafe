import { describe } from "vitest";
import { MemoryStore } from "@/server/testing/memory-store";
import type { StoreHarness } from "@/server/testing/conformance/suite";
import { describeRunStore } from "@/server/testing/run-store.conformance";

async function open(): Promise<StoreHarness> {
  const store = new MemoryStore();
  return {
    store,
    expire: async (runId) => store.expire(runId),
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

describe("the store in memory", () => describeRunStore(open));
