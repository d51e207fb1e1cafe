import type { Scope } from "@/server/auth/scope";
import type { StepDelta } from "@/server/runs/contract";
import { getSteps, isFinal, type StepsInput } from "@/server/runs/service";
import { awaitRun } from "./await-run";

/** What changed after `afterSeq`, at the latest after `seconds`: asked again and again, it follows a run to its end. */
export async function followSteps(context: { scope: Scope }, input: StepsInput, seconds: number, signal?: AbortSignal): Promise<StepDelta> {
  let first: StepDelta | undefined;
  let latest: StepDelta | undefined;
  const look = async () => {
    latest = await getSteps(context, input);
    first ??= latest;
    const changed = latest.seq > input.afterSeq || latest.more || latest.run.status !== first.run.status;
    return changed || isFinal(latest.run.status) ? latest : null;
  };
  const found = await awaitRun({ workspaceId: context.scope.workspaceId, runId: input.runId }, seconds, look, signal);
  return found ?? latest ?? (await getSteps(context, input));
}
