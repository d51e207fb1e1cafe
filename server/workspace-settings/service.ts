import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { setWorkspaceSettingsInput } from "./contract";

/** Time zone and colour of a workspace; its name is its organization's affair. */
export async function setWorkspaceSettings({ scope }: { scope: Scope }, change: z.output<typeof setWorkspaceSettingsInput>) {
  const { workspaceId, workspace } = scope;
  await scope.db.transaction(async (tx) => {
    const { timeZone, color } = await tx.workspace.findFirstOrThrow({ where: { id: workspaceId }, select: { timeZone: true, color: true } });
    await tx.workspace.update({ where: { id: workspaceId }, data: change, select: { id: true } });
    await recordAudit(tx, scope, { action: "workspace.settings_changed", resource: { type: "workspace", id: workspaceId, name: workspace.name }, before: { timeZone, color }, after: { timeZone, color, ...change } });
  });
  return { ok: true as const };
}
