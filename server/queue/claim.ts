import type { ClientBase, Pool } from "pg";
import type { ClaimedRun } from "@/server/engine/ports";
import { SUSPECTED_AFTER } from "@/server/engine/suspects";
import type { Enqueued } from "@/server/queue/enqueue";
import { refusalOf } from "@/server/queue/wait-reason";
import { within } from "@/server/queue/within";
import { LIMITS, WorkspaceLimits } from "@/server/queue/workspace-limits";

/**
 * Claims run from the ready index, workspaces in turn. Each worker remembers up to which rank it has claimed in a workspace and
 * starts there, so that the entries of runs long gone (which a long transaction keeps in the index) are not walked again and
 * again. What lies below that mark is found by notices, and by a full look every `FULL_LOOK_MS`.
 */
const FULL_LOOK_MS = 1_000;
/** A look that is slow (dead entries that cannot be cleaned yet) is taken so much more rarely. */
const LOOK_SHARE = 50;
/** One that took long for once (a failover, a disk that stood still) must not put off the next one for minutes. */
const LONGEST_LOOK_MS = 15_000;
/** A claim or look that takes longer is given up, and made anew: other pools and new notices must not wait for it. */
const CLAIM_MS = 20_000;
/** A notice of a place rather than of one run. */
const NO_RUN = "00000000-0000-0000-0000-000000000000";
const FROM_THE_START = -Number.MAX_SAFE_INTEGER;

const claim = (which: string, order = "q.rank") => `
WITH places AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::float8[]) AS p(workspace_id, mark)),
picked AS MATERIALIZED (
  SELECT c.run_id, c.given_bytes, c.rank, p.workspace_id FROM places p CROSS JOIN LATERAL (
    SELECT q.run_id, q.given_bytes, q.rank FROM run_queue q
    WHERE q.state = 'queued' AND q.pool = $3 AND q.workspace_id = p.workspace_id AND q.rank >= p.mark::bigint ${which}
    ORDER BY ${order} LIMIT $4 FOR UPDATE SKIP LOCKED
  ) c
),
-- Large ones until the bytes are used up, of each workspace its first one before any second; the others stay as they are.
turns AS (SELECT run_id, given_bytes, rank, row_number() OVER (PARTITION BY workspace_id ORDER BY rank) AS turn FROM picked),
summed AS (SELECT run_id, given_bytes, sum(given_bytes) OVER (ORDER BY turn, rank, run_id) - given_bytes AS before FROM turns),
claimed AS (
  UPDATE run_queue q SET state = 'running', lease_owner = $5, lease_epoch = q.lease_epoch + 1, due_at = NULL,
    lease_until = clock_timestamp() + make_interval(secs => $6), alone = q.takeovers >= ${SUSPECTED_AFTER}, claimed_at = clock_timestamp(), started_at = coalesce(q.started_at, clock_timestamp())
  WHERE q.run_id = ANY (ARRAY(SELECT run_id FROM summed WHERE given_bytes = 0 OR before < $7::float8))
  RETURNING q.*
)
SELECT c.run_id AS id, c.workspace_id AS "workspaceId", r.workflow_id AS "workflowId", r.version_id AS "versionId",
  c.lease_epoch AS epoch, c.takeovers, c.lost_alone AS "lostAlone", c.lived_ms AS "livedMs", c.given_bytes AS "givenBytes", c.wait_reason AS "waitReason", (c.has_history OR c.lease_epoch > 1) AS "hasHistory", coalesce(CASE WHEN c.has_history OR c.lease_epoch > 1 THEN (SELECT true FROM run_snapshot s WHERE s.run_id = c.run_id) END, false) AS "hasSnapshot", c.inbox_seq AS "inboxSeq",
  r.input::text AS input, r.trigger::text AS trigger, r.trigger_kind AS "triggerKind", r.mode,
  (extract(epoch FROM r.created_at) * 1000)::float8 AS "createdAt", (extract(epoch FROM c.started_at) * 1000)::float8 AS "startedAt",
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
  r.parent_run_id AS "parentRunId", r.parent_path AS "parentPath", r.parent_attempt AS "parentAttempt",
  r.root_run_id AS "rootRunId", r.depth, r.priority, c.pool, r.pool AS "homePool", r.environment_id AS "environmentId", r.labels::text AS labels, c.vars::text AS vars, c.mutex_key AS "mutexKey", r.options::text AS options, r.identity::text AS identity,
  c.rank::float8 AS rank
FROM claimed c CROSS JOIN LATERAL (SELECT * FROM run WHERE id = c.run_id LIMIT 1) r
ORDER BY c.rank`;
const CLAIMS = {
  any: { name: "millrace-claim", text: claim(`AND q.takeovers < ${SUSPECTED_AFTER}`) },
  // However many large ones are before them: those are neither looked at nor locked.
  small: { name: "millrace-claim-small", text: claim(`AND q.takeovers < ${SUSPECTED_AFTER} AND q.given_bytes = 0`) },
  suspect: { name: "millrace-claim-suspect", text: claim(`AND q.takeovers >= ${SUSPECTED_AFTER}`, "q.lost_alone DESC, q.rank") },
};

/** The workspaces that have ready runs in a pool, one index descent each; and the limits of all workspaces. */
const PLACES = `
WITH RECURSIVE place AS (
  (SELECT workspace_id FROM run_queue WHERE state = 'queued' AND pool = $1 ORDER BY workspace_id LIMIT 1)
  UNION ALL
  SELECT (SELECT q.workspace_id FROM run_queue q WHERE q.state = 'queued' AND q.pool = $1 AND q.workspace_id > p.workspace_id
          ORDER BY q.workspace_id LIMIT 1)
  FROM place p WHERE p.workspace_id IS NOT NULL
)
SELECT ARRAY(SELECT workspace_id FROM place WHERE workspace_id IS NOT NULL) AS places,
  ARRAY(SELECT DISTINCT workspace_id FROM run_queue WHERE state = 'queued' AND pool = $1 AND takeovers >= ${SUSPECTED_AFTER}) AS suspects, ${LIMITS} AS limits`;

type ClaimRow = Omit<ClaimedRun, "parent" | "labels" | "options" | "refusal"> & {
  waitReason: string | null;
  parentRunId: string | null;
  parentPath: string | null;
  parentAttempt: number | null;
  labels: string;
  options: string;
  rank: number;
};

/** How many runs, and until which size of what they were given. */
interface Most {
  runs: number;
  bytes: number;
}

const bytesOf = (rows: readonly ClaimRow[]): number => rows.reduce((sum, { givenBytes }) => sum + givenBytes, 0);

export class Claimer {
  /** By pool and workspace: nothing ready is known below this rank. */
  readonly #marks = new Map<string, Map<string, number>>();
  /** By pool: workspaces with suspects. */
  readonly #suspects = new Map<string, string[]>();
  readonly #limits = new WorkspaceLimits();
  readonly #nextLook = new Map<string, number>();
  #turn = 0;
  #poolTurn = 0;

  constructor(
    private readonly pool: Pool,
    private readonly leaseSeconds: number,
    private readonly now: () => number,
  ) {}

  /** A run became ready. */
  note({ pool, workspaceId, rank, isSuspect }: Pick<Enqueued, "pool" | "workspaceId" | "rank" | "isSuspect">): void {
    const suspects = this.#suspects.get(pool) ?? [];
    if (isSuspect === true && !suspects.includes(workspaceId)) this.#suspects.set(pool, [...suspects, workspaceId]);
    const marks = this.#marksOf(pool);
    marks.set(workspaceId, Math.min(marks.get(workspaceId) ?? rank, rank));
  }

  /** Nothing is known to be ready before a new run, and no limit stands in its way. */
  mayPass({ pool, workspaceId }: { pool: string; workspaceId: string }): boolean {
    return this.#nextLook.has(pool) && this.#marksOf(pool).size === 0 && this.#limits.of(workspaceId) === null;
  }

  async claim(workerId: string, pools: readonly string[], most: Most, suspect: boolean): Promise<ClaimedRun[]> {
    for (const pool of pools) await this.#look(pool);
    const alone = suspect ? await this.#claimSuspect(workerId, pools, most) : [];
    if (alone.length > 0) return alone.map(toClaimedRun);
    const claimed: ClaimRow[] = [];
    try {
      await this.#claimInTurns(workerId, pools, most, claimed);
    } catch (error) {
      // What was claimed before is the worker's, whatever became of the rest.
      if (claimed.length === 0) throw error;
    }
    return claimed.map(toClaimedRun);
  }

  async #claimInTurns(workerId: string, pools: readonly string[], { runs: limit, bytes }: Most, claimed: ClaimRow[]): Promise<void> {
    // Another one begins each time: a pool that is never empty leaves the others their turn.
    const first = this.#poolTurn++ % Math.max(1, pools.length);
    let open = [...pools.slice(first), ...pools.slice(0, first)];
    // Shares are rounded down, so a few rounds may be needed; the last one of each pool finds nothing left.
    while (open.length > 0 && claimed.length < limit) {
      const share = Math.max(1, Math.floor((limit - claimed.length) / open.length));
      const left: string[] = [];
      for (const pool of open) {
        if (claimed.length >= limit) break;
        const before = claimed.length;
        await this.#round(workerId, pool, { runs: Math.min(share, limit - before), bytes: bytes - bytesOf(claimed) }, claimed);
        if (claimed.length > before) left.push(pool);
      }
      open = left;
    }
  }

  async #claimSuspect(workerId: string, pools: readonly string[], { bytes }: Most): Promise<ClaimRow[]> {
    for (const pool of pools) {
      const places = this.#suspects.get(pool) ?? [];
      // Each has its turn, and whoever is found to have none is asked again after the next look.
      for (let place = places.shift(); place !== undefined; place = places.shift()) {
        const from: [string, number] = [place, FROM_THE_START];
        const claim = (client: ClientBase | Pool) => this.#claimFrom(client, [from], { workerId, pool, most: { runs: 1, bytes }, text: "suspect" });
        const rows = this.#limits.of(place) === null ? await claim(this.pool) : await this.#limits.within(this.pool, { workspaceId: place, pool, rank: FROM_THE_START, wanted: 1 }, claim);
        if (rows.length === 0) continue;
        places.push(place);
        return rows;
      }
    }
    return [];
  }

  #marksOf(pool: string): Map<string, number> {
    let marks = this.#marks.get(pool);
    if (marks === undefined) this.#marks.set(pool, (marks = new Map()));
    return marks;
  }

  /** What may be claimable now that a run of the workspace has ended or left memory: nothing, unless its limit held runs back. */
  released(workspaceId: string): Enqueued[] {
    return this.#limits.heldBack(workspaceId).map(({ pool, rank }) => ({ runId: NO_RUN, workspaceId, pool, rank }));
  }

  async #look(pool: string): Promise<void> {
    const begun = this.now();
    if (begun < (this.#nextLook.get(pool) ?? begun)) return;
    this.#nextLook.set(pool, begun + FULL_LOOK_MS);
    const { rows } = await this.pool.query<{ places: string[]; suspects: string[]; limits: Record<string, number> | null }>(within(CLAIM_MS, { name: "millrace-places", text: PLACES, values: [pool] }));
    const { places, suspects, limits } = rows[0]!;
    this.#suspects.set(pool, suspects);
    this.#limits.set(limits ?? {});
    const marks = this.#marksOf(pool);
    for (const workspaceId of places) marks.set(workspaceId, FROM_THE_START);
    const took = this.now() - begun;
    this.#nextLook.set(pool, begun + Math.max(FULL_LOOK_MS, took + Math.min(LONGEST_LOOK_MS, took * LOOK_SHARE)));
  }

  async #round(workerId: string, pool: string, { runs: limit, bytes }: Most, claimed: ClaimRow[]): Promise<void> {
    const marks = this.#marksOf(pool);
    const places = this.#takeTurns([...marks], limit);
    if (places.length === 0) return;
    const rows: ClaimRow[] = [];
    const share = Math.max(1, Math.floor(limit / places.length));
    // A notice that comes while the claim is on its way sets its mark anew.
    for (const [workspaceId] of places) marks.delete(workspaceId);
    const claim = (client: ClientBase | Pool, from: [string, number][], runs: number) => this.#claimFrom(client, from, { workerId, pool, most: { runs, bytes: bytes - bytesOf(rows) } });
    const free = places.filter(([workspaceId]) => this.#limits.of(workspaceId) === null);
    try {
      if (free.length > 0) rows.push(...(await claim(this.pool, free, share)));
      for (const [workspaceId, mark] of places) {
        if (this.#limits.of(workspaceId) === null) continue;
        rows.push(...(await this.#limits.within(this.pool, { workspaceId, pool, rank: mark, wanted: share }, (client, limit) => claim(client, [[workspaceId, mark]], limit))));
      }
    } catch (error) {
      this.#putBack(pool, places);
      throw error;
    } finally {
      claimed.push(...rows);
    }
    this.#remember(marks, rows, share);
    // Some may have been left for their size.
    if (bytesOf(rows) >= bytes) this.#putBack(pool, places);
  }

  /** What is known to be ready is still known. */
  #putBack(pool: string, places: readonly [string, number][]): void {
    for (const [workspaceId, rank] of places) this.note({ pool, workspaceId, rank });
  }

  async #claimFrom(client: ClientBase | Pool, from: [string, number][], { workerId, pool, most, text = most.bytes > 0 ? "any" : "small" }: { workerId: string; pool: string; most: Most; text?: keyof typeof CLAIMS }): Promise<ClaimRow[]> {
    const values = [from.map(([workspaceId]) => workspaceId), from.map(([, mark]) => mark), pool, most.runs, workerId, this.leaseSeconds, most.bytes];
    const { rows } = await client.query<ClaimRow>(within(CLAIM_MS, { ...CLAIMS[text], values }));
    return rows;
  }

  /** With more workspaces than places, each round serves the next ones. */
  #takeTurns(places: [string, number][], limit: number): [string, number][] {
    if (places.length <= limit) return places;
    const start = this.#turn % places.length;
    this.#turn += limit;
    return [...places.slice(start), ...places.slice(0, start)].slice(0, limit);
  }

  /** A workspace that gave its whole share may have more, from there on. */
  #remember(marks: Map<string, number>, rows: ClaimRow[], share: number): void {
    const found = new Map<string, { count: number; last: number }>();
    for (const { workspaceId, rank } of rows) {
      const entry = found.get(workspaceId);
      if (entry === undefined) found.set(workspaceId, { count: 1, last: rank });
      else found.set(workspaceId, { count: entry.count + 1, last: Math.max(entry.last, rank) });
    }
    for (const [workspaceId, { count, last }] of found) {
      if (count >= share) marks.set(workspaceId, Math.min(marks.get(workspaceId) ?? last, last));
    }
  }
}

function toClaimedRun({ parentRunId, parentPath, parentAttempt, labels, options, waitReason, rank: _rank, ...run }: ClaimRow): ClaimedRun {
  const parent = parentRunId === null || parentPath === null ? null : { runId: parentRunId, path: parentPath, attempt: parentAttempt ?? 1 };
  return { ...run, refusal: refusalOf(waitReason), parent, labels: JSON.parse(labels) as Record<string, string>, options: JSON.parse(options) as ClaimedRun["options"] };
}
