import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import type * as contract from "./contract";
import { failedPath } from "./failed-path";

interface Context {
  scope: Scope;
}
type Refusal = z.output<typeof contract.cancelRunsOutput>["results"][number]["refusal"];

/** One after the other, each in a transaction of its own: what is refused keeps none of the others back. */
async function each<Result>(runIds: readonly string[], act: (runId: string) => Promise<Result>): Promise<{ runId: string; done: Result | null; refusal: Refusal }[]> {
  const results = [];
  for (const runId of new Set(runIds)) {
    try {
      results.push({ runId, done: await act(runId), refusal: null });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      results.push({ runId, done: null, refusal: { kind: error.kind, message: error.message } });
    }
  }
  const [first] = results;
  if (first !== undefined && results.every(({ refusal }) => refusal?.kind === "not_found")) throw new DomainError("not_found", { what: "run", id: first.runId });
  return results;
}

type Cancel = (context: Context, input: { runId: string; reason?: string }) => Promise<{ requested: boolean }>;

export async function cancelEach(context: Context, { runIds, reason }: z.output<typeof contract.cancelRunsInput>, cancel: Cancel): Promise<z.output<typeof contract.cancelRunsOutput>> {
  const results = await each(runIds, (runId) => cancel(context, { runId, ...(reason === undefined ? {} : { reason }) }));
  return { results: results.map(({ runId, done, refusal }) => ({ runId, requested: done?.requested ?? false, refusal })) };
}

type Rerun = (context: Context, input: { runId: string; fromPath?: string }) => Promise<{ runId: string }>;

export async function rerunEach(context: Context, { runIds, from }: z.output<typeof contract.rerunRunsInput>, rerun: Rerun): Promise<z.output<typeof contract.rerunRunsOutput>> {
  const results = await each(runIds, async (runId) => rerun(context, { runId, ...(from === "failure" ? { fromPath: await failedPath(context, runId) } : {}) }));
  return { results: results.map(({ runId, done, refusal }) => ({ runId, newRunId: done?.runId ?? null, refusal })) };
}
