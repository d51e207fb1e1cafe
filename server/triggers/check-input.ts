import { newId } from "@/server/db/id";
import type { SchemaProblem } from "@/server/schema/problem";
import { validateAgainst } from "@/server/schema/validate-json";
import type { RunTarget } from "@/server/triggers/due-events";
import { readEventValue } from "@/server/triggers/event-value";
import { mapInput } from "@/server/triggers/map-input";
import type { NewEvent } from "@/server/triggers/new-event";
import { startableVersion } from "@/server/triggers/run-of-event";
import { unstoredEvent } from "@/server/triggers/start-now";

/** What would be wrong with the input that the event becomes, before it is taken in. Empty too while there is no version to ask. */
export async function inputProblems(event: NewEvent, { trigger, workflow, workspace }: RunTarget): Promise<SchemaProblem[]> {
  if (workflow.versionId === null) return [];
  const { input: schema } = await startableVersion(workspace.id, workflow.versionId);
  const value = await readEventValue(unstoredEvent(event, event.id ?? newId(), event.receivedAt ?? new Date()), trigger);
  return validateAgainst(schema, await mapInput(value, { kind: trigger.kind, mapping: trigger.mapping, defaultInput: trigger.defaultInput, workspace, schema }));
}
