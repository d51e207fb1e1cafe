import { createHash } from "node:crypto";
import type { ClaimedRun, Place } from "@/server/engine/ports";
import { encodeValue } from "@/server/expressions/encoding";
import type { CompiledWorkflow } from "@/server/worker/compiled-workflow";
import type { RunContext } from "@/server/worker/run-context";

const LONGEST_KEY = 200;

/** The place a run needs among those of its workflow (`settings.concurrency`); null when there is no limit. */
export async function placeOf(run: RunContext, now: number): Promise<Place | null> {
  const { concurrency } = run.workflow;
  if (concurrency === null) return null;
  if (run.claim.mutexKey !== null) return { key: run.claim.mutexKey, limit: concurrency.limit };
  const here = { path: "", nodeId: null, attempt: 1, visible: new Map<string, number>(), inside: false, now };
  const value = concurrency.key === null ? null : await run.evaluator.evaluate(concurrency.key, here);
  const text = encodeValue(value);
  const owner = run.claim.workflowId ?? run.claim.versionId ?? "";
  return { key: `${owner} ${text.length <= LONGEST_KEY ? text : createHash("sha256").update(text).digest("base64url")}`, limit: concurrency.limit };
}

/** The place that a run holds which cannot be carried out any more. */
export function heldPlace(claim: ClaimedRun, workflow: CompiledWorkflow | null): Place | null {
  return claim.mutexKey === null ? null : { key: claim.mutexKey, limit: workflow?.concurrency?.limit ?? 1 };
}
