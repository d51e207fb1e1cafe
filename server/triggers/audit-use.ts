import { v5 } from "uuid";
import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import type { RunTarget } from "@/server/triggers/due-events";

const HOUR_MS = 3_600_000;
const REMEMBERED_TRIGGERS = 10_000;
/** By trigger: the hour for which this process has told. */
const told = new Map<string, number>();

/** What starts by itself is in the audit log once an hour for each trigger, as the use of tokens is: its runs themselves say which trigger they are of. */
export async function auditUse(workspaceId: string, { trigger, workflow }: Pick<RunTarget, "trigger" | "workflow">): Promise<void> {
  const hour = Math.floor(Date.now() / HOUR_MS);
  if (told.get(trigger.id) === hour) return;
  const { organizationId } = await rawDb().workspace.findUniqueOrThrow({ where: { id: workspaceId }, select: { organizationId: true } });
  const actor = { type: "system", id: trigger.id, name: `Trigger ${trigger.name}` } as const;
  const after = { workflowId: workflow.id, versionId: workflow.versionId };
  await recordAudit(rawDb(), { organizationId, workspaceId, actor }, { id: v5(`trigger.fired ${hour}`, trigger.id), action: "trigger.fired", resource: { type: "trigger", id: trigger.id, name: trigger.name }, after });
  if (told.size >= REMEMBERED_TRIGGERS) told.clear();
  told.set(trigger.id, hour);
}
