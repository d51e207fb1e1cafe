import type { ClientBase, Pool } from "pg";
import { filesGiven } from "@/server/expressions/blob-ids";
import { TURN_SIGNAL, type NewMessage, type StepTurn, type StepTurnRequest } from "@/server/engine/ports";
import { LOCK_KEY } from "@/server/queue/admitted";
import { deliver, lockRuns, share, type Delivered } from "@/server/queue/messages";
import { joinLists } from "@/server/queue/merge-lists";
import { reserveStart } from "@/server/queue/period-limit";

/** What an attempt was answered, and who else has to hear of it after the commit. */
export interface Turn {
  answer: StepTurn;
  delivered: Delivered[];
}

const WAITS_FOR_NEWER = 1;
const GATES = { debounced: 2, rateLimit: 3, throttle: 4 } as const;

const HELD = `
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now FROM run_queue
WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' FOR KEY SHARE`;

interface Row {
  attempt: number;
  gate: number;
  dueAt: number | null;
  count: number | null;
  list: string | null;
  takenBy: string | null;
}

const MINE = `SELECT attempt, gate, due_at AS "dueAt", count, list::text AS list, taken_by AS "takenBy" FROM step_turn WHERE run_id = $1 AND path = $2`;

const PASS = `
INSERT INTO step_turn (workspace_id, run_id, path, attempt, gate, due_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (run_id, path) DO UPDATE SET attempt = excluded.attempt, gate = excluded.gate, due_at = excluded.due_at`;

/** Asked more than once, an attempt goes on from the gate it has reached: a grant outlives the worker that it was given to. */
export async function takeStepTurn(pool: Pool, request: StepTurnRequest): Promise<Turn> {
  const client = await pool.connect();
  try {
    for (;;) {
      await client.query("BEGIN");
      const turn = await passGates(client, request);
      await client.query(turn === "again" || turn.answer.kind === "lost" ? "ROLLBACK" : "COMMIT");
      if (turn !== "again") return turn;
    }
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

async function passGates(client: ClientBase, request: StepTurnRequest): Promise<Turn | "again"> {
  const { runId, path, epoch, attempt, gates, workspaceId } = request;
  const pending = gates.debounce === undefined ? undefined : await findPending(client, request, gates.debounce.key);
  const locked = pending === undefined ? new Set<string>() : await lockRuns(client, [...new Set([runId, pending.runId])]);
  const held = await client.query<{ now: number }>({ name: "millrace-turn-held", text: HELD, values: [runId, epoch] });
  const now = held.rows[0]?.now;
  if (now === undefined) return { answer: { kind: "lost" }, delivered: [] };
  if (gates.debounce !== undefined) await client.query(LOCK_KEY, [workspaceId, keyOf(gates.debounce.key)]);
  const { rows } = await client.query<Row>({ name: "millrace-turn-mine", text: MINE, values: [runId, path] });
  const mine = rows[0];
  if (mine?.takenBy != null) return { answer: { kind: "superseded", by: mine.takenBy }, delivered: [] };
  const passing: Passing = { client, request, now, gate: mine?.attempt === attempt ? mine.gate : 0, mine, delivered: [] };
  if (gates.debounce !== undefined && passing.gate < GATES.debounced) {
    const waits = await debounce(passing, gates.debounce, pending, locked);
    if (waits === "again") return waits;
    if (waits !== null) return { answer: waits, delivered: passing.delivered };
  }
  return { answer: await passPeriods(passing), delivered: passing.delivered };
}

interface Passing {
  client: ClientBase;
  request: StepTurnRequest;
  now: number;
  gate: number;
  mine: Row | undefined;
  list?: string;
  delivered: Delivered[];
}

async function passPeriods(passing: Passing): Promise<StepTurn> {
  const { client, request, now, gate, mine } = passing;
  const { runId, path, workspaceId, attempt, gates: { rateLimit, throttle } } = request;
  const stored = passing.list ?? mine?.list ?? undefined;
  const list = stored === undefined ? {} : { list: stored };
  if (rateLimit !== undefined && gate < GATES.rateLimit) {
    const { start, isTaken } = await reserveStart(client, workspaceId, { ...rateLimit, key: `step rate ${rateLimit.key}` }, now, "now");
    if (!isTaken) return { kind: "refused", notBefore: start, ...list };
  }
  let dueAt = gate === GATES.throttle ? (mine?.dueAt ?? now) : now;
  if (throttle !== undefined && gate < GATES.throttle) {
    dueAt = (await reserveStart(client, workspaceId, { ...throttle, key: `step throttle ${throttle.key}` }, now, "later")).start;
  }
  if (gate < GATES.throttle) await client.query(PASS, [workspaceId, runId, path, attempt, GATES.throttle, dueAt]);
  return dueAt > now ? { kind: "later", dueAt, count: null, ...list } : { kind: "go", ...list };
}

interface Pending {
  runId: string;
  path: string;
  attempt: number;
  firstAt: number;
  count: number;
  list: string | null;
}

const PENDING = `
SELECT run_id AS "runId", path, attempt, first_at AS "firstAt", count, list::text AS list FROM step_turn
WHERE workspace_id = $1 AND key = $2 AND gate = ${WAITS_FOR_NEWER} AND taken_by IS NULL AND (run_id, path) <> ($3, $4)`;

async function findPending(client: ClientBase, { workspaceId, runId, path }: StepTurnRequest, key: string): Promise<Pending | undefined> {
  const { rows } = await client.query<Pending>({ name: "millrace-turn-pending", text: PENDING, values: [workspaceId, keyOf(key), runId, path] });
  return rows[0];
}

const WAIT = `
INSERT INTO step_turn (workspace_id, run_id, path, attempt, gate, due_at, key, first_at, count, list) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::json)`;
const GIVE_WAY = "UPDATE step_turn SET taken_by = $3 WHERE run_id = $1 AND path = $2";
const LET_GO = "UPDATE step_turn SET gate = 2, key = NULL WHERE run_id = $1 AND path = $2";

/** A step waits for newer ones of its key; the newest stands for them all. Null: it has waited, or is the last that was waited for. */
async function debounce(passing: Passing, { key: name, seconds, maxWaitSeconds, maxCount, list }: NonNullable<StepTurnRequest["gates"]["debounce"]>, seen: Pending | undefined, locked: ReadonlySet<string>): Promise<StepTurn | "again" | null> {
  const { client, request, now, mine } = passing;
  const { workspaceId, runId, path, attempt } = request;
  if (passing.gate === WAITS_FOR_NEWER && mine?.dueAt != null) {
    if (mine.dueAt > now) return { kind: "later", dueAt: mine.dueAt, count: mine.count, ...(mine.list === null ? {} : { list: mine.list }) };
    await client.query(LET_GO, [runId, path]);
    return null;
  }
  const pending = await findPending(client, request, name);
  // Its run is locked before its key: another one came in between.
  if (pending !== undefined && (pending.runId !== seen?.runId || pending.path !== seen.path)) return "again";
  const joined = pending === undefined ? null : joinLists(pending.list, list ?? null);
  const isTaken = pending !== undefined && joined !== null && locked.has(pending.runId);
  if (isTaken) {
    await client.query(GIVE_WAY, [pending.runId, pending.path, runId]);
    await share(client, filesGiven([pending.runId], joined.list ?? "").map((file) => ({ runId, ...file })));
  } else if (pending !== undefined) await client.query(LET_GO, [pending.runId, pending.path]);
  if (pending !== undefined) passing.delivered = await deliver(client, [wakeOf(pending)]);
  const own = isTaken ? joined.list : (list ?? null);
  const firstAt = isTaken ? pending.firstAt : now;
  const count = isTaken ? pending.count + 1 : 1;
  const isFull = maxCount !== undefined && count >= maxCount;
  const dueAt = isFull ? now : Math.max(now, Math.min(now + seconds * 1_000, firstAt + (maxWaitSeconds ?? Infinity) * 1_000));
  await client.query(WAIT, [workspaceId, runId, path, attempt, isFull ? GATES.debounced : WAITS_FOR_NEWER, dueAt, keyOf(name), firstAt, count, own]);
  if (own !== null) passing.list = own;
  return isFull ? null : { kind: "later", dueAt, count, ...(own === null ? {} : { list: own }) };
}

/** The step asks again, and hears what has become of it. */
function wakeOf({ runId, path, attempt }: Pending): NewMessage {
  return { runId, kind: "signal", path, attempt, name: TURN_SIGNAL, payload: null, key: `turn ${path}#${attempt}` };
}

/** Locked and stored apart from keys of runs. */
function keyOf(name: string): string {
  return `step debounce ${name}`;
}

/** With the end of its step. */
export async function forgetStepTurns(client: ClientBase, freed: readonly { runId: string; path: string }[], abandoned: readonly string[]): Promise<void> {
  if (freed.length > 0) {
    const text = "DELETE FROM step_turn t USING unnest($1::uuid[], $2::text[]) AS f(run_id, path) WHERE t.run_id = f.run_id AND t.path = f.path";
    await client.query({ name: "millrace-turn-forget", text, values: [freed.map((one) => one.runId), freed.map((one) => one.path)] });
  }
  if (abandoned.length > 0) await client.query("DELETE FROM step_turn WHERE run_id = ANY ($1::uuid[])", [abandoned]);
}
