import { readBound, versionIdentityOf } from "@/server/auth/acting/run-as";
import { identityOfEvent, identityOfNamed, type StoredIdentity, type VersionIdentity } from "@/server/auth/acting/start-identity";
import { keptGiven } from "@/server/blobs/service";
import { sharedPool } from "@/server/db/client";
import { type Definition, definitionSchema } from "@/server/engine/definition";
import { DomainError } from "@/server/errors/domain-error";
import { blobIdsIn, filesGiven } from "@/server/expressions/blob-ids";
import { encodeGiven } from "@/server/queue/given-values";
import type { GivenFile } from "@/server/engine/ports";
import type { EnqueuedRun } from "@/server/queue/enqueue";
import { validateAgainst } from "@/server/schema/validate-json";
import { auditUse } from "@/server/triggers/audit-use";
import type { RunTarget } from "@/server/triggers/due-events";
import { readEventValue, type StoredEvent } from "@/server/triggers/event-value";
import { mapInput, passesFilter } from "@/server/triggers/map-input";
import { VALUE_TYPE } from "@/server/triggers/new-event";

type Startable = Pick<Definition, "input" | "settings"> & { nodeIds: ReadonlySet<string>; identity: VersionIdentity };

const REMEMBERED_VERSIONS = 1_000;
// Versions never change.
const versions = new Map<string, Startable>();

/** The trigger's filter is not for the event: it becomes no run. */
export class FilteredOut extends Error {
  override name = "FilteredOut";
}

/** The run that an event becomes (`trace`: of the request that brought it); throws a domain error when it can become none. */
export async function runOfEvent(event: StoredEvent & RunTarget & { origin: string; runId: string; startedById?: string | null; trace: string | null }): Promise<EnqueuedRun> {
  const { trigger, workflow, workspaceId, workspace, environment } = event;
  const value = await readEventValue(event, trigger);
  // Whoever sends an event again wants it to run.
  if (event.origin === "live" && !(await passesFilter(value, { filter: trigger.filter, workspace }))) throw new FilteredOut();
  if (!workflow.isActive) throw new DomainError("archived", { what: "workflow", id: workflow.id });
  if (workflow.versionId === null) throw new DomainError("not_published", { workflowId: workflow.id, ...(environment === null ? {} : { environment: environment.name }) });
  const { input: schema, settings, nodeIds, identity } = await startableVersion(workspaceId, workflow.versionId);
  if (trigger.nodeId !== null && !nodeIds.has(trigger.nodeId)) {
    throw new DomainError("invalid_input", { field: "startNode", reason: `is ${trigger.nodeId}, which the version does not have` });
  }
  const input = await mapInput(value, { kind: trigger.kind, mapping: trigger.mapping, defaultInput: trigger.defaultInput, workspace, schema });
  requireFit(schema, input);
  const texts = { input: encodeGiven("input", input), trigger: encodeGiven("trigger", value) };
  const files = await filesOfEvent(event, texts);
  await auditUse(workspaceId, event);
  const acting = await identityOfEvent(workspaceId, identity, { type: "trigger", id: trigger.id, name: trigger.name }, { runAs: trigger.actsAs, setterRights: trigger.setterRights });
  return keptGiven<EnqueuedRun>({
    id: event.runId,
    workspaceId,
    workflowId: workflow.id,
    versionId: workflow.versionId,
    mode: "production",
    pool: trigger.pool ?? settings.pool ?? "default",
    priority: trigger.priority ?? settings.priority ?? 0,
    ...texts,
    files,
    triggerKind: trigger.kind,
    triggerId: trigger.id,
    ...(event.startedById == null ? {} : { startedById: event.startedById }),
    parent: null,
    rootRunId: event.runId,
    depth: 0,
    labels: settings.labels ?? {},
    environmentId: environment?.id ?? null,
    options: { ...(environment === null ? {} : { environment: environment.slug }), ...(trigger.nodeId === null ? {} : { startNode: trigger.nodeId }), ...(event.trace === null ? {} : { trace: event.trace }) },
    ...acting,
  });
}

const OWN_FILES = `
SELECT DISTINCT b.id FROM blob b JOIN trigger_event e ON e.id = b.owner_id AND e.trigger_id = $3
WHERE b.id = ANY ($1::uuid[]) AND b.workspace_id = $2 AND b.owner_type = 'trigger_event'`;

/**
 * A run gets the files that came with an event of its trigger, and those that the run which looked for it has. One that a body, a
 * mapping or a default input merely names is nobody's to give.
 */
async function filesOfEvent({ workspaceId, contentType, meta, trigger }: StoredEvent & RunTarget, { input, trigger: value }: { input: string; trigger: string }): Promise<GivenFile[]> {
  const named = [...new Set([...blobIdsIn(input), ...blobIdsIn(value)])];
  if (named.length === 0) return [];
  const { rows } = await sharedPool().query<{ id: string }>(OWN_FILES, [named, workspaceId, trigger.id]);
  const own = new Set(rows.map(({ id }) => id));
  const ofValue = new Set(contentType === VALUE_TYPE ? blobIdsIn(value) : []);
  if (named.some((id) => !own.has(id) && !ofValue.has(id))) throw new DomainError("invalid_input", { field: "body", reason: "names a file that did not come with the event" });
  const found = trigger.kind === "poll" && typeof meta.pollRunId === "string" ? filesGiven([meta.pollRunId], input, value) : [];
  return [...named.filter((id) => own.has(id)).map((id) => ({ id, from: null })), ...found.filter(({ id }) => !own.has(id))];
}

export function requireFit(schema: Definition["input"], input: unknown): void {
  const [problem] = validateAgainst(schema, input);
  if (problem !== undefined) throw new DomainError("invalid_input", { field: `input${problem.path}`, reason: problem.message });
}

/** What of a version is needed to start a run. */
export async function startableVersion(workspaceId: string, id: string): Promise<Startable> {
  const known = versions.get(id);
  if (known !== undefined) return known;
  const { rows } = await sharedPool().query<{ definition: unknown; runAs: unknown; publisherRights: unknown }>("SELECT definition, run_as AS \"runAs\", publisher_rights AS \"publisherRights\" FROM workflow_version WHERE id = $1 AND workspace_id = $2", [id, workspaceId]);
  if (rows[0] === undefined) throw new DomainError("not_found", { what: "version", id });
  const { input, settings, nodes } = definitionSchema.parse(rows[0].definition);
  const startable = { input, settings, nodeIds: new Set(nodes.map((node) => node.id)), identity: versionIdentityOf(rows[0]) };
  if (versions.size >= REMEMBERED_VERSIONS) versions.clear();
  versions.set(id, startable);
  return startable;
}

/** Whom a run acts for that a trigger needs, or that handles what came of one. `setterRights` as the trigger has them. */
export async function identityOfSideRun(workspaceId: string, { workflowId, versionId }: { workflowId: string; versionId: string }, via: { type: "trigger" | "handler"; id: string; name: string }, setterRights: unknown): Promise<StoredIdentity> {
  return identityOfNamed(workspaceId, workflowId, (await startableVersion(workspaceId, versionId)).identity, via, readBound(setterRights));
}
