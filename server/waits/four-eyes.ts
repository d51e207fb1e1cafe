import type { Tx } from "@/server/db/scoped";
import type { WaitRow } from "./queries";
import { approvalOf } from "./views";

interface Starter {
  runId: string;
  /** Null: nobody knows, for the outermost run is gone. */
  userId: string | null;
  email: string | null;
}

/** Of those waits that are not for whoever started their run: who that is. Child runs are started by who started the outermost one. */
export async function startersOf(tx: Tx, waits: readonly WaitRow[]): Promise<Starter[]> {
  const runIds = [...new Set(waits.filter((wait) => approvalOf(wait).excludesStarter).map(({ runId }) => runId))];
  if (runIds.length === 0) return [];
  return tx.$queryRaw<Starter[]>`select run_id::text as "runId", user_id::text as "userId", email from starters_of_runs(${runIds}::uuid[])`;
}

export interface Somebody {
  userId: string | null;
  email: string | null;
}

/** By account, or by the address that a link went to. */
export function hasStarted(starters: readonly Starter[], wait: WaitRow, { userId, email }: Somebody): boolean {
  return approvalOf(wait).excludesStarter && starters.some((starter) => starter.runId === wait.runId && (starter.userId === null || starter.userId === userId || starter.email === email?.toLowerCase()));
}

export const STARTED_IT = "You started this run, and somebody else has to answer.";
const UNKNOWN = "The run that this one belongs to is gone, and with it who started it: nobody can answer. Cancel the run, and start it again.";
const NOBODY = "A person has to answer: this approval is not for whoever started the run, and a program may act for them.";

/** Null: four eyes look at it. */
export async function fourEyesRefusal(tx: Tx, wait: WaitRow, { via, ...somebody }: Somebody & { via: string }): Promise<string | null> {
  if (!approvalOf(wait).excludesStarter) return null;
  if (via === "api" && somebody.userId === null) return NOBODY;
  const starters = await startersOf(tx, [wait]);
  if (!hasStarted(starters, wait, somebody)) return null;
  return starters.some(({ userId }) => userId === null) ? UNKNOWN : STARTED_IT;
}
