import type { ClientBase, Pool } from "pg";

/** Setting of a workspace: how many of its runs may be in the hands of workers at the same time. */
export const MAX_CONCURRENT_RUNS = "maxConcurrentRuns";

/** By workspace, as a JSON object; null: there are none. */
export const LIMITS = `(
  SELECT json_object_agg(workspace_id, (value #>> '{}')::int) FROM scoped_setting
  WHERE key = '${MAX_CONCURRENT_RUNS}' AND scope_type = 'workspace' AND (expires_at IS NULL OR expires_at > now()))`;

// Whoever claims under a limit does so alone, so that two workers do not give out the same places.
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('running ' || $1, 0))";

const RUNNING = "SELECT count(*)::int AS count FROM run_queue WHERE lease_until IS NOT NULL AND workspace_id = $1";

interface Round {
  workspaceId: string;
  pool: string;
  rank: number;
  wanted: number;
}

/** Limits on the running runs of whole workspaces. What is over the limit stays in the queue, in its order. */
export class WorkspaceLimits {
  #limits: ReadonlyMap<string, number> = new Map();
  /** By workspace and pool: the rank from which runs were left in the queue. */
  readonly #heldBack = new Map<string, Map<string, number>>();

  /** Null: there is none. */
  of(workspaceId: string): number | null {
    return this.#limits.get(workspaceId) ?? null;
  }

  set(limits: Readonly<Record<string, number>>): void {
    this.#limits = new Map(Object.entries(limits));
    for (const workspaceId of this.#heldBack.keys()) if (!this.#limits.has(workspaceId)) this.#heldBack.delete(workspaceId);
  }

  heldBack(workspaceId: string): { pool: string; rank: number }[] {
    return [...(this.#heldBack.get(workspaceId) ?? [])].map(([pool, rank]) => ({ pool, rank }));
  }

  /** Lets `claim` take as many as the limit leaves. */
  async within<Row>(pool: Pool, round: Round, claim: (client: ClientBase, limit: number) => Promise<Row[]>): Promise<Row[]> {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(LOCK, [round.workspaceId]);
      const { rows } = await client.query<{ count: number }>({ name: "millrace-running", text: RUNNING, values: [round.workspaceId] });
      const left = Math.max(0, (this.of(round.workspaceId) ?? Infinity) - (rows[0]?.count ?? 0));
      const claimed = left === 0 ? [] : await claim(client, Math.min(left, round.wanted));
      await client.query("COMMIT");
      this.#note(round, left < round.wanted && claimed.length === left);
      return claimed;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  #note({ workspaceId, pool, rank }: Round, isHeldBack: boolean): void {
    const pools = this.#heldBack.get(workspaceId) ?? new Map<string, number>();
    this.#heldBack.set(workspaceId, pools);
    if (isHeldBack) pools.set(pool, Math.min(pools.get(pool) ?? rank, rank));
    else pools.delete(pool);
  }
}
