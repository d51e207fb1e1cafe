import type { PoolClient } from "pg";
import { v5 } from "uuid";
import { storableJson } from "@/server/queue/storable-json";
import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { keptGiven } from "@/server/blobs/service";
import { sharedPool } from "@/server/db/client";
import { calledBy, VERSION_IN } from "@/server/environments/service";
import { inTransaction } from "@/server/db/transaction";
import { env } from "@/server/env";
import { filesGiven } from "@/server/expressions/blob-ids";
import { encodeValue } from "@/server/expressions/encoding";
import { storableText } from "@/server/expressions/storable";
import { ask } from "@/server/queue/ask";
import { announce } from "@/server/queue/dispatch";
import { isConnectionProblem } from "@/server/queue/database-errors";
import { insertFacts } from "@/server/queue/platform-facts";
import { type Enqueued, type EnqueuedRun, insertRuns } from "@/server/queue/enqueue";
import { identityOfSideRun, requireFit, startableVersion } from "@/server/triggers/run-of-event";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { healthStatement } from "@/server/triggers/health-statement";
import type { TriggerHandlers } from "@/server/triggers/kind";

const BATCH = 100;
const NAMESPACE = "0b1f3f0e-6a0b-5c39-9d6a-3b7a3f0f7a54";

interface Ended {
  eventId: string;
  workspaceId: string;
  triggerId: string;
  triggerName: string;
  workflow: { id: string; name: string; slug: string };
  workspaceSlug: string;
  handlers: TriggerHandlers | null;
  setterRights: unknown;
  failures: number;
  runId: string;
  environmentId: string | null;
  environment: string | null;
  status: "succeeded" | "failed" | "cancelled";
  error: unknown;
}

// Nobody waits for the runs of a trigger that is gone.
const IS_ENDED = "e.watched AND e.outcome IS NULL AND e.status = 'started' AND t.deleted_at IS NULL AND r.status <> 'queued'";
const HAS_ENDED = `EXISTS (SELECT FROM trigger_event e JOIN trigger t ON t.id = e.trigger_id JOIN run r ON r.id = e.run_id WHERE ${IS_ENDED})`;

// One trigger's ends in order: the count of failures in a row depends on it.
const SELECT = `
SELECT e.id AS "eventId", e.workspace_id AS "workspaceId", t.id AS "triggerId", t.name AS "triggerName", json_build_object('id', w.id, 'name', w.name, 'slug', w.slug) AS workflow, s.slug AS "workspaceSlug", t.handlers, t.setter_rights AS "setterRights", t.failures, r.id AS "runId", r.environment_id AS "environmentId", r.options ->> 'environment' AS environment, r.status, r.error
FROM trigger_event e JOIN trigger t ON t.id = e.trigger_id JOIN run r ON r.id = e.run_id JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = e.workspace_id
WHERE ${IS_ENDED}
  AND ($1::uuid IS NULL OR e.id = $1) AND t.id <> ALL ($2::uuid[])
ORDER BY r.finished_at, e.id LIMIT ${BATCH} FOR UPDATE OF e, t SKIP LOCKED`;

const UNSETTLED = `
SELECT e.id AS "eventId", e.workspace_id AS "workspaceId", e.trigger_id AS "triggerId" FROM trigger_event e JOIN trigger t ON t.id = e.trigger_id JOIN run r ON r.id = e.run_id
WHERE ${IS_ENDED} AND t.id <> ALL ($1::uuid[]) ORDER BY r.finished_at, e.id LIMIT ${BATCH}`;

const MARK = "UPDATE trigger_event e SET outcome = g.outcome FROM unnest($1::uuid[], $2::text[]) AS g(id, outcome) WHERE e.id = g.id";
const HANDLER_WORKS = healthStatement({ where: "id = $1 AND error ->> 'code' IN ('handler_missing', 'handler_failed')", set: "error = NULL" });
const SETTLED_AGAIN = healthStatement({ where: "id = ANY ($1::uuid[]) AND error ->> 'code' = 'settle_failed'", set: "error = NULL" });
const COUNT = "UPDATE trigger t SET failures = g.failures FROM unnest($1::uuid[], $2::int[]) AS g(id, failures) WHERE t.id = g.id";
const FIND = `
SELECT w.id AS "workflowId", ${VERSION_IN("$3")} AS "versionId" FROM ${calledBy("$2")} w
WHERE w.archived_at IS NULL AND ${VERSION_IN("$3")} IS NOT NULL`;

/** Triggers whose ends wait for the blob store: the count of failures in a row lets none of them overtake another. */
type PutOff = Set<string>;

/** Runs that somebody waits for and that have ended: counts failures in a row and starts the handlers. Answers how many. */
export async function settleRuns(): Promise<number> {
  if (!(await ask(HAS_ENDED))) return 0;
  const putOff: PutOff = new Set();
  let total = 0;
  for (;;) {
    const { settled, seen } = await settleSome(null, putOff).catch((error: unknown) => settleApart(error, putOff));
    total += settled;
    if (seen < BATCH) return total;
  }
}

interface Settled {
  settled: number;
  seen: number;
}

async function settleSome(eventId: string | null, putOff: PutOff): Promise<Settled> {
  const { ended, seen, ready } = await inTransaction(sharedPool(), (client) => settleBatch(client, eventId, putOff));
  for (const run of ready) announce(run);
  for (const { workspaceId, triggerId } of ended) tellTriggerChanged(workspaceId, triggerId);
  return { settled: ended.length, seen };
}

/** One end that cannot be settled must not keep the others from it: it counts as settled, and its trigger says why. */
async function settleApart(why: unknown, putOff: PutOff): Promise<Settled> {
  if (isConnectionProblem(why)) throw why;
  const { rows } = await sharedPool().query<Pick<Ended, "eventId" | "workspaceId" | "triggerId">>(UNSETTLED, [[...putOff]]);
  let total = 0;
  for (const { eventId, ...place } of rows) {
    const { settled } = await settleSome(eventId, putOff).catch(async (error: unknown) => {
      if (isConnectionProblem(error)) throw error;
      await inTransaction(sharedPool(), async (client) => {
        await client.query(MARK, [[eventId], ["failed"]]);
        await noteProblem(client, { eventId, ...place }, "", { code: "settle_failed", message: error instanceof Error ? error.message : String(error) });
      });
      return { settled: 1 };
    });
    total += settled;
  }
  return { settled: total, seen: rows.length };
}

async function settleBatch(client: PoolClient, eventId: string | null, putOff: PutOff): Promise<{ ended: Ended[]; seen: number; ready: Enqueued[] }> {
  const { rows } = await client.query<Ended>({ name: "trigger-runs-ended", text: SELECT, values: [eventId, [...putOff]] });
  const failures = new Map<string, number>();
  const ended: Ended[] = [];
  const handlers: EnqueuedRun[] = [];
  for (const one of rows) {
    if (putOff.has(one.triggerId)) continue;
    const before = failures.get(one.triggerId) ?? one.failures;
    const after = one.status === "failed" ? before + 1 : one.status === "succeeded" ? 0 : before;
    const runs = await handlerRuns(client, one, before, after);
    if (runs === null) {
      putOff.add(one.triggerId);
      continue;
    }
    failures.set(one.triggerId, after);
    handlers.push(...runs);
    ended.push(one);
  }
  if (ended.length === 0) return { ended, seen: rows.length, ready: [] };
  const ready = await insertRuns(client, handlers);
  await client.query({ name: "trigger-runs-settled", text: MARK, values: [ended.map(({ eventId: id }) => id), ended.map(({ status }) => status)] });
  await client.query({ name: "trigger-failures", text: COUNT, values: [[...failures.keys()], [...failures.values()]] });
  await client.query({ name: "trigger-settled-again", text: SETTLED_AGAIN, values: [[...failures.keys()]] });
  return { ended, seen: rows.length, ready };
}

/** Null: the blob store does not take what one of them is given. The end waits for it, as it stands. */
async function handlerRuns(client: PoolClient, ended: Ended, before: number, after: number): Promise<EnqueuedRun[] | null> {
  const runs: EnqueuedRun[] = [];
  try {
    for (const [name, workflow] of handlersFor(ended, before, after)) {
      const run = await handlerRun(client, ended, name, workflow, after);
      if (run === null) continue;
      runs.push(run);
      await client.query(HANDLER_WORKS, [ended.triggerId]);
    }
  } catch (error) {
    if (error instanceof BlobStoreUnavailable) return null;
    throw error;
  }
  return runs;
}

function handlersFor({ handlers, status }: Ended, before: number, after: number): [name: string, workflow: string][] {
  if (handlers === null) return [];
  const { onFailure, failuresBefore = 1, onRecovery, onSuccess } = handlers;
  const found: [string, string][] = [];
  if (status === "failed" && after === failuresBefore && onFailure !== undefined) found.push(["onFailure", onFailure]);
  if (status === "succeeded" && before >= failuresBefore && onRecovery !== undefined) found.push(["onRecovery", onRecovery]);
  if (status === "succeeded" && onSuccess !== undefined) found.push(["onSuccess", onSuccess]);
  return found;
}

/** Null: it cannot start, which is said with the trigger. */
async function handlerRun(client: PoolClient, ended: Ended, name: string, workflow: string, failures: number): Promise<EnqueuedRun | null> {
  const { rows } = await client.query<{ workflowId: string; versionId: string }>(FIND, [ended.workspaceId, storableText(workflow), ended.environmentId]);
  const problem = (code: string, message: string) => noteProblem(client, ended, name, { code, message: `${name}: ${message}` });
  if (rows[0] === undefined) return problem("handler_missing", `there is no published workflow ${workflow}${ended.environment === null ? "" : ` in ${ended.environment}`}`);
  try {
    return await runOfHandler(ended, name, rows[0], failures);
  } catch (error) {
    if (isConnectionProblem(error) || error instanceof BlobStoreUnavailable) throw error;
    return problem("handler_failed", error instanceof Error ? error.message : String(error));
  }
}

/** What keeps one handler from starting stays with its trigger: the ends of other runs are settled all the same. */
async function noteProblem(client: PoolClient, { triggerId, workspaceId, eventId }: Pick<Ended, "triggerId" | "workspaceId" | "eventId">, name: string, error: { code: string; message: string }): Promise<null> {
  await client.query("UPDATE trigger SET error = $2::json WHERE id = $1", [triggerId, storableJson(error)]);
  await insertFacts(client, [{ workspaceId, kind: "trigger.error", key: `trigger.error handler ${eventId} ${name}`, subjectId: triggerId, body: { eventId, error } }]);
  return null;
}

async function runOfHandler(ended: Ended, name: string, target: { workflowId: string; versionId: string }, failures: number): Promise<EnqueuedRun> {
  const { input: schema, settings } = await startableVersion(ended.workspaceId, target.versionId);
  const id = v5(`${ended.eventId} ${name}`, NAMESPACE);
  const input = {
    handler: name, failures, trigger: { id: ended.triggerId, name: ended.triggerName }, workflow: ended.workflow,
    run: { id: ended.runId, status: ended.status, error: ended.error ?? null }, link: `${env.MILLRACE_URL}/${ended.workspaceSlug}/runs/${ended.runId}`,
  };
  requireFit(schema, input);
  const text = encodeValue(input);
  return keptGiven<EnqueuedRun>({
    id, workspaceId: ended.workspaceId, ...target, mode: "production", pool: settings.pool ?? "default", priority: settings.priority ?? 0, input: text, files: filesGiven([ended.runId], text), trigger: encodeValue({ id: v5(`${ended.eventId} ${name} trigger`, NAMESPACE), kind: "handler", chain: [ended.workflow.id], ...input }),
    triggerKind: "handler", triggerId: ended.triggerId, parent: null, rootRunId: id, depth: 0, labels: settings.labels ?? {},
    environmentId: ended.environmentId, options: ended.environment === null ? {} : { environment: ended.environment },
    ...(await identityOfSideRun(ended.workspaceId, target, { type: "handler", id: ended.triggerId, name: ended.triggerName }, ended.setterRights)),
  });
}
