import type { ClientBase } from "pg";
import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import type { NewMessage } from "@/server/engine/ports";
import { type Enqueued, type EnqueuedRun, insertRuns } from "@/server/queue/enqueue";
import { deliver, lockRuns } from "@/server/queue/messages";
import { Notifier } from "@/server/queue/notifier";
import { messageItem, readyItem } from "@/server/queue/queue-listener";

/** What a worker has to hear of after the commit. */
export type Ready = Enqueued & { state?: string };

/** Lets the queue's statements run in a service's transaction: they use nothing of a client but `query`. */
export function clientOf(tx: Tx): ClientBase {
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

const RUNS_PER_STATEMENT = 1_000;

/** Many runs in few statements. Answers the one of them that goes first: a worker that hears of it looks for the others by itself. */
export async function insertManyRuns(tx: Tx, runs: readonly EnqueuedRun[]): Promise<Ready | null> {
  let first: Ready | null = null;
  for (let from = 0; from < runs.length; from += RUNS_PER_STATEMENT) {
    for (const ready of await insertRuns(clientOf(tx), runs.slice(from, from + RUNS_PER_STATEMENT))) {
      if (first === null || ready.rank < first.rank) first = ready;
    }
  }
  return first;
}

// A development server reloads modules; what waits to be told survives it here.
const holder = globalThis as typeof globalThis & { millraceNotifier?: Notifier };

/** After the commit: wakes a worker, and tells the pages. Notices are hints, so nobody waits for them. */
export function announce(ready: Ready | null): void {
  if (ready === null) return;
  const notifier = (holder.millraceNotifier ??= new Notifier(sharedPool()));
  notifier.send({ channel: "millrace_queue", item: ready.state === "running" ? messageItem(ready.runId) : readyItem(ready) });
  notifier.send({ channel: "millrace_run", item: `${ready.workspaceId}/${ready.runId}` });
}
