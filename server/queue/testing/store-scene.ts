import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import type { ClaimedRun, NewMessage, NewRun, RunWrite, WaitWrite } from "@/server/engine/ports";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { createQueuePool } from "@/server/queue/queue-pool";
import { makeWorkspace } from "@/server/testing/factories";
import { newRun } from "@/server/testing/new-run";

/** A store on the database of the test file, with runs of a workspace that a test drives step by step, without a worker. */
export class StoreScene {
  private constructor(
    readonly workspaceId: string,
    readonly pool: ReturnType<typeof createQueuePool>,
    readonly store: PgRunStore,
  ) {}

  static async open(): Promise<StoreScene> {
    const { id } = await makeWorkspace();
    const pool = createQueuePool({ max: 8, url: env.DATABASE_URL });
    return new StoreScene(id, pool, new PgRunStore({ pool, leaseSeconds: 30 }));
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.pool.end();
  }

  /** As the owner of the tables, whom the store is not. */
  async rows<Row>(text: string, ...values: unknown[]): Promise<Row[]> {
    return (await sharedPool().query(text, values)).rows as Row[];
  }

  newRun(more: Partial<NewRun> = {}): NewRun {
    const id = newId();
    return newRun({ id, rootRunId: id, workspaceId: this.workspaceId, versionId: null, mode: "test", pool: id, ...more });
  }

  /** A run that a worker holds; each has a pool of its own. */
  async claimed(more: Partial<NewRun> = {}): Promise<ClaimedRun> {
    const run = this.newRun(more);
    await this.store.enqueue([run]);
    return this.claim(run.pool);
  }

  async claim(pool: string): Promise<ClaimedRun> {
    const [run] = await this.store.claim({ workerId: newId(), pools: [pool], limit: 1 });
    if (run === undefined) throw new Error("nothing was claimable");
    return run;
  }

  /** As if the holder had been silent for longer than its lease. */
  async expire(runId: string): Promise<void> {
    await this.rows("update run_queue set lease_until = now() - interval '1 second' where run_id = $1", runId);
    await this.store.promote();
  }

  write({ id, workspaceId, epoch }: ClaimedRun, more: Partial<RunWrite> = {}): RunWrite {
    return { runId: id, workspaceId, epoch, steps: [], events: [], logs: [], checkpoints: [], progress: [], waits: [], children: [], messages: [], ...more };
  }

  signal(runId: string, name: string, more: Partial<NewMessage> = {}): NewMessage {
    return { runId, kind: "signal", path: null, attempt: null, name, payload: null, key: name, ...more };
  }

  state(runId: string): Promise<{ state: string; inboxSeq: number }[]> {
    return this.rows(`select state, inbox_seq as "inboxSeq" from run_queue where run_id = $1`, runId);
  }

  waits(runId: string): Promise<{ path: string; status: string }[]> {
    return this.rows("select path, status from wait where run_id = $1 order by opened_at, closed_at nulls last", runId);
  }
}

type OpenWait = Extract<WaitWrite, { op: "open" }>;

export const ended = (status: "succeeded" | "failed" = "succeeded", output: string | null = null) =>
  ({ finish: { status, output, error: null, finishedAt: Date.now() } }) as const satisfies Partial<RunWrite>;

export function stepEnd(path: string, seq: number, output: string, attempt = 1): RunWrite["steps"][number] {
  const at = Date.now();
  return {
    path, attempt, nodeId: path, kind: "set", status: "succeeded", entry: null, input: null, output, error: null, startedAt: at, finishedAt: at,
    end: { table: "step", seq, path, attempt, phase: "finish", status: "succeeded", decision: null, at },
  };
}

export function openWait(path: string, at: number, wait: OpenWait["wait"] = { kind: "signal", signal: "x" }): OpenWait {
  return { op: "open", seq: 1, path, attempt: 1, nodeId: path, wait, at };
}
