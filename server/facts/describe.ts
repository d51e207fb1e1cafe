import type { ClientBase } from "pg";
import { env } from "@/server/env";
import { readable } from "@/server/queue/readable-json";
import { EVENT_OF_FACT, type PlatformEvent } from "./contract";
import type { Fact } from "./fact-rows";

/** A fact with what is known about it, and what decides who hears of it. */
export interface Described {
  fact: Fact;
  event: PlatformEvent;
  /** Page within the workspace. */
  path: string;
  /** Workflows whose runs led to this, the latest last: none of them is started by it again. */
  chain: string[];
  triggerId: string | null;
  /** Workflow that the run's version names for its failures. */
  errorWorkflow: string | null;
  /** What whoever published that version might do. */
  publisherRights: unknown;
  isMuted: boolean;
  waitId: string | null;
  /** Of the run; null: it has none. */
  environment: { id: string; slug: string } | null;
}

interface WorkspaceRow {
  id: string;
  slug: string;
  name: string;
}

const WORKSPACE = "SELECT id, slug, name FROM workspace WHERE id = $1 AND deleted_at IS NULL";

const RUN = `
SELECT r.id, r.status, r.trigger_kind AS "triggerKind", r.trigger_id AS "triggerId", r.trigger, r.error, r.started_at AS "startedAt", r.finished_at AS "finishedAt",
  w.id AS "workflowId", w.name AS "workflowName", w.slug AS "workflowSlug", v.number AS "versionNumber", v.error_workflow AS "errorWorkflow", v.publisher_rights AS "publisherRights",
  ${readable('v.definition', "(v.definition -> 'settings' ->> 'muteHandlers')::boolean")} AS "isMuted", r.environment_id AS "environmentId", r.options ->> 'environment' AS environment, t.name AS "triggerName", (t.handlers ->> 'muteWorkspace')::boolean AS "triggerMutes"
FROM run r JOIN workflow w ON w.id = r.workflow_id LEFT JOIN workflow_version v ON v.id = r.version_id LEFT JOIN trigger t ON t.id = r.trigger_id AND t.workspace_id = r.workspace_id
WHERE r.id = $1 AND r.workspace_id = $2`;

interface RunRow {
  id: string;
  status: string;
  triggerKind: string;
  triggerId: string | null;
  trigger: unknown;
  error: unknown;
  startedAt: Date | null;
  finishedAt: Date | null;
  workflowId: string;
  workflowName: string;
  workflowSlug: string;
  versionNumber: number | null;
  errorWorkflow: string | null;
  publisherRights: unknown;
  isMuted: boolean | null;
  triggerName: string | null;
  environmentId: string | null;
  environment: string | null;
  triggerMutes: boolean | null;
}

// The step whose error became the run's; of a chain of containers around it the innermost.
const NODE = `
SELECT s.path, s.node_id AS id, s.kind, coalesce((SELECT n ->> 'name' FROM run r JOIN workflow_version v ON v.id = r.version_id, json_array_elements(${readable("v.definition", "v.definition -> 'nodes'")}) n WHERE r.id = s.run_id AND n ->> 'id' = s.node_id LIMIT 1), s.node_id) AS name
FROM step_run s JOIN run r ON r.id = s.run_id
WHERE s.run_id = $1 AND s.status = 'failed' AND s.error IS NOT NULL
ORDER BY (s.error::text = r.error::text) DESC, s.finished_at DESC NULLS LAST, length(s.path) DESC LIMIT 1`;

const TRIGGER = `
SELECT t.id, t.name, t.kind, w.id AS "workflowId", w.name AS "workflowName", w.slug AS "workflowSlug", e.id AS "environmentId", e.slug AS environment
FROM trigger t JOIN workflow w ON w.id = t.workflow_id JOIN workspace p ON p.id = t.workspace_id LEFT JOIN environment e ON e.id = coalesce(t.environment_id, p.live_environment_id)
WHERE t.id = $1 AND t.workspace_id = $2`;

const WAIT = `SELECT id, run_id AS "runId", path, node_id AS "nodeId", until, ${readable("detail", "detail ->> 'title'")} AS title FROM wait WHERE id = $1 AND workspace_id = $2`;

const EMPTY = { workflow: null, run: null, error: null, trigger: null, approval: null, schedule: null, worker: null, queue: null, quota: null, environment: null } as const;

/** Null: what it is about is gone, and with it whoever would want to know. */
export async function describeFact(client: ClientBase, fact: Fact): Promise<Described | null> {
  const { rows: [workspace] } = await client.query<WorkspaceRow>(WORKSPACE, [fact.workspaceId]);
  if (workspace === undefined) return null;
  const parts = await partsOf(client, fact);
  if (parts === null) return null;
  const { path, chain = [], triggerId = null, errorWorkflow = null, publisherRights = null, isMuted = false, waitId = null, environment = null, ...about } = parts;
  const event: PlatformEvent = { event: EVENT_OF_FACT[fact.kind], at: fact.at.toISOString(), workspace, link: `${env.MILLRACE_URL}/${workspace.slug}${path}`, ...EMPTY, ...about, environment };
  return { fact, event, path, chain, triggerId, errorWorkflow, publisherRights, isMuted, waitId, environment };
}

type Parts = Partial<Omit<PlatformEvent, "event" | "at" | "workspace" | "link">> & Partial<Omit<Described, "fact" | "event">> & { path: string };

async function partsOf(client: ClientBase, fact: Fact): Promise<Parts | null> {
  switch (fact.kind) {
    case "run.failed":
    case "run.succeeded":
      return aboutRun(client, fact, fact.subjectId);
    case "approval.requested":
    case "approval.reminded":
    case "approval.expired":
      return aboutWait(client, fact);
    case "trigger.error":
    case "trigger.recovered":
    case "schedule.missed":
      return aboutTrigger(client, fact);
    case "worker.lost":
      return { path: "/settings/workers", worker: fact.body as PlatformEvent["worker"] };
    case "queue.old":
    case "queue.recovered":
      return { path: "/runs?status=queued", queue: fact.body as PlatformEvent["queue"] };
    case "quota.warning":
    case "quota.reached":
      return { path: "/settings/usage", quota: fact.body as PlatformEvent["quota"] };
  }
}

async function aboutRun(client: ClientBase, { workspaceId }: Fact, runId: string): Promise<Parts | null> {
  const { rows: [run] } = await client.query<RunRow>({ name: "fact-run", text: RUN, values: [runId, workspaceId] });
  if (run === undefined) return null;
  const durationMs = run.finishedAt === null || run.startedAt === null ? null : Math.max(0, run.finishedAt.getTime() - run.startedAt.getTime());
  return {
    path: `/runs/${run.id}`,
    chain: [...chainOf(run.trigger), run.workflowId],
    triggerId: run.triggerId,
    errorWorkflow: run.errorWorkflow,
    publisherRights: run.publisherRights,
    environment: environmentOf(run),
    isMuted: run.isMuted === true || run.triggerMutes === true,
    workflow: { id: run.workflowId, name: run.workflowName, slug: run.workflowSlug, version: run.versionNumber },
    run: { id: run.id, status: run.status, trigger: run.triggerKind, startedAt: run.startedAt?.toISOString() ?? null, finishedAt: run.finishedAt?.toISOString() ?? null, durationMs },
    trigger: run.triggerId === null || run.triggerName === null ? null : { id: run.triggerId, name: run.triggerName, kind: run.triggerKind },
    error: run.status === "failed" ? await errorOf(client, run) : null,
  };
}

const environmentOf = ({ environmentId, environment }: { environmentId: string | null; environment: string | null }) => (environmentId === null ? null : { id: environmentId, slug: environment ?? "" });

async function errorOf(client: ClientBase, { id, error }: RunRow): Promise<PlatformEvent["error"]> {
  const { rows: [node] } = await client.query<NonNullable<NonNullable<PlatformEvent["error"]>["node"]>>({ name: "fact-node", text: NODE, values: [id] });
  return { ...readError(error), node: node ?? null };
}

function readError(error: unknown): { code: string; message: string } {
  const { code, message } = (typeof error === "object" && error !== null ? error : {}) as { code?: unknown; message?: unknown };
  return { code: typeof code === "string" ? code : "failed", message: typeof message === "string" ? message : "" };
}

/** What started the run, when it was something like this. */
function chainOf(trigger: unknown): string[] {
  const chain = typeof trigger === "object" && trigger !== null && "chain" in trigger ? trigger.chain : [];
  return Array.isArray(chain) ? chain.filter((id): id is string => typeof id === "string") : [];
}

async function aboutTrigger(client: ClientBase, { subjectId, workspaceId, body, kind }: Fact): Promise<Parts | null> {
  const { rows: [row] } = await client.query<{ id: string; name: string; kind: string; workflowId: string; workflowName: string; workflowSlug: string; environmentId: string | null; environment: string | null }>({ name: "fact-trigger", text: TRIGGER, values: [subjectId, workspaceId] });
  if (row === undefined) return null;
  const isMissed = kind === "schedule.missed";
  return {
    path: `/triggers?q=${encodeURIComponent(row.name)}`,
    chain: [...(await chainOfEvent(client, body.eventId)), row.workflowId],
    triggerId: row.id,
    environment: environmentOf(row),
    trigger: { id: row.id, name: row.name, kind: row.kind },
    workflow: { id: row.workflowId, name: row.workflowName, slug: row.workflowSlug, version: null },
    error: kind === "trigger.recovered" ? null : { ...readError(body.error), node: null },
    ...(isMissed ? { schedule: { slot: textOf(body.slot), until: textOf(body.until), count: typeof body.count === "number" ? body.count : 1 } } : {}),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

async function chainOfEvent(client: ClientBase, eventId: unknown): Promise<string[]> {
  if (typeof eventId !== "string") return [];
  const { rows: [event] } = await client.query<{ meta: unknown }>("SELECT meta FROM trigger_event WHERE id = $1", [eventId]);
  return chainOf(event?.meta);
}

async function aboutWait(client: ClientBase, fact: Fact): Promise<Parts | null> {
  const { rows: [wait] } = await client.query<{ id: string; runId: string; path: string; nodeId: string; until: Date | null; title: string | null }>({ name: "fact-wait", text: WAIT, values: [fact.subjectId, fact.workspaceId] });
  if (wait === undefined) return null;
  const run = await aboutRun(client, fact, wait.runId);
  return {
    ...(run ?? {}),
    path: `/approvals?wait=${wait.id}`,
    waitId: wait.id,
    error: null,
    approval: { id: wait.id, title: wait.title ?? "", nodeId: wait.nodeId, path: wait.path, until: wait.until?.toISOString() ?? null },
  };
}
