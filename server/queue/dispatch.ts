import type { ClientBase } from "pg";
import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import type { NewMessage } from "@/server/engine/ports";
import { type EnqueuedRun, insertRuns } from "@/server/queue/enqueue";
import { deliver, lockRuns } from "@/server/queue/messages";
import { messageItem, readyItem } from "@/server/queue/queue-listener";

/** What was made claimable, or has a message for the worker that holds it: to be announced after the commit. */
export interface Ready {
  runId: string;
  workspaceId: string;
  pool: string;
  rank: number;
  /** `running`: a worker holds the run and has to read its inbox. */
  state?: string;
}

/** Lets the queue's statements run in a service's transaction: they use nothing of a client but `query`. */
function clientOf(tx: Tx): ClientBase {
  const query = async ({ text, values }: { text: string; values: unknown[] }) => ({ rows: await tx.$queryRawUnsafe(text, ...values) });
  return { query } as unknown as ClientBase;
}

/** Makes a run known and claimable; null when there is one of this id already, which is left as it is. */
export async function insertRun(tx: Tx, run: EnqueuedRun): Promise<Ready | null> {
  const [ready] = await insertRuns(clientOf(tx), [run]);
  return ready ?? null;
}

/** Puts a message into the inbox of an unfinished run; null when the run has ended. A second one of the same key is dropped. */
export async function insertMessage(tx: Tx, message: NewMessage): Promise<{ ready: Ready | null } | null> {
  const client = clientOf(tx);
  if (!(await lockRuns(client, [message.runId])).has(message.runId)) return null;
  const [delivered] = await deliver(client, [message]);
  return { ready: delivered ?? null };
}

/** After the commit, on a connection of its own: wakes a worker, and tells the pages. */
export async function announce(ready: Ready | null): Promise<void> {
  if (ready === null) return;
  await sharedPool().query("select pg_notify('millrace_queue', $1), pg_notify('millrace_run', $2)", [
    ready.state === "running" ? messageItem(ready.runId) : readyItem(ready),
    `${ready.workspaceId}/${ready.runId}`,
  ]);
}
