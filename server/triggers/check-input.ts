import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { SchemaProblem } from "@/server/schema/problem";
import { validateAgainst } from "@/server/schema/validate-json";
import { readEventValue } from "@/server/triggers/event-value";
import type { TriggerMapping } from "@/server/triggers/kind";
import { mapInput } from "@/server/triggers/map-input";
import type { NewEvent } from "@/server/triggers/new-event";
import { startableVersion } from "@/server/triggers/run-of-event";

interface Row {
  kind: string;
  name: string;
  mapping: TriggerMapping | null;
  defaultInput: Record<string, unknown> | null;
  versionId: string | null;
  workspace: { id: string; slug: string; name: string };
}

const SELECT = `
SELECT t.kind, t.name, t.mapping, t.default_input AS "defaultInput", coalesce(t.version_id, w.published_version_id) AS "versionId",
  json_build_object('id', s.id, 'slug', s.slug, 'name', s.name) AS workspace
FROM trigger t JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = t.workspace_id WHERE t.id = $1 AND t.workspace_id = $2`;

/** What would be wrong with the input that the event becomes, before it is taken in. Empty too while there is no version to ask. */
export async function inputProblems(event: NewEvent): Promise<SchemaProblem[]> {
  const { workspaceId, id } = event.trigger;
  const { rows } = await sharedPool().query<Row>({ name: "trigger-input-check", text: SELECT, values: [id, workspaceId] });
  const trigger = rows[0];
  if (trigger?.versionId == null) return [];
  const { input: schema } = await startableVersion(workspaceId, trigger.versionId);
  const body = event.body == null ? null : typeof event.body === "string" ? Buffer.from(event.body, "utf8") : event.body;
  const stored = { id: event.id ?? newId(), workspaceId, receivedAt: event.receivedAt ?? new Date(), meta: event.meta ?? {}, headers: event.headers ?? {}, contentType: event.contentType ?? null, body, bodyBlobId: null, dataKeyId: null };
  return validateAgainst(schema, await mapInput(await readEventValue(stored, trigger), { ...trigger, schema }));
}
