import { API_PATH, isOwnUrl } from "@/server/http/own-paths";
import type { Attempt } from "@/server/worker/attempt";
import type { RunContext } from "@/server/worker/run-context";
import { StepFailure } from "@/server/worker/step-failure";

/** Of an attempt without a time limit. */
const DEFAULT_SECONDS = 900;

/** A token for calls of Millrace itself: it never leaves for another place. */
export async function ownTokenOf(run: RunContext, attempt: Attempt, scopes: readonly string[], url: string): Promise<string> {
  const base = run.baseUrl;
  if (!URL.canParse(url) || !isOwnUrl(new URL(url), base, [API_PATH])) {
    throw new StepFailure({ code: "token_for_elsewhere", message: `the run's own token is for ${base}/api/v1/ alone`, field: "/url" });
  }
  const seconds = attempt.node.node.timeoutSeconds ?? DEFAULT_SECONDS;
  const issued = await run.worker.ports.identity.issueToken({ ...placeOf(run, attempt), scopes, seconds }, run.acting.identity);
  if ("unknownScope" in issued) throw new StepFailure({ code: "unknown_permission", message: `there is no permission, or no folder, ${issued.unknownScope}`, field: "/auth/permissions" });
  run.redaction.hide(`token of ${attempt.path}`, issued.token);
  return issued.token;
}

/** What is left is void anyhow once the step's row has its end, and swept. */
export async function endOwnToken(run: RunContext, attempt: Attempt): Promise<void> {
  await run.worker.ports.identity.endTokens(placeOf(run, attempt)).catch((error: unknown) => run.worker.report(error, run.claim));
}

function placeOf({ claim }: RunContext, { path, number }: Attempt) {
  return { workspaceId: claim.workspaceId, runId: claim.id, path, attempt: number };
}
