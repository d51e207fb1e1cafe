import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { replaceDataKey } from "@/server/secrets/service";
import { sharedPool } from "@/server/db/client";
import { crashPoint } from "@/server/testing/crash-points";
import type { Resealed, RotationState } from "./contract";
import { findWorkspacesToRotate, removeSpentDataKeys, rotateDataKey } from "./data-keys";
import { readProgress } from "./progress";
import { resealBatch } from "./reseal";
import { SEALED_PLACES } from "./sealed-places";

export { readProgress } from "./progress";
export { countUnderMasterKeys, retireMasterKey, rewrapAll } from "./rewrap";

interface Context {
  scope: Scope;
}

export async function viewRotation({ scope }: Context): Promise<RotationState> {
  const { since, left } = await readProgress(scope.workspaceId);
  return { since: since?.toISOString() ?? null, left };
}

/** A new key for the workspace. What was sealed before is sealed anew with it, here and by the sweep. */
export async function rotateWorkspaceKey({ scope }: Context): Promise<RotationState> {
  await scope.db.transaction(async (tx) => {
    await replaceDataKey(tx, scope.workspaceId);
    await recordAudit(tx, scope, { action: "data_key.rotated", resource: { type: "workspace", id: scope.workspaceId, name: scope.workspace.name } });
  });
  await resealRound(scope.workspaceId, { most: ROWS_AT_ONCE });
  return viewRotation({ scope });
}

/** So many values are sealed anew while somebody waits. */
const ROWS_AT_ONCE = 300;
const ROWS_PER_SWEEP = 5_000;

/** New keys for workspaces whose key was not made just now: called again after an interruption, it leaves those alone that it did. */
export async function rotateDataKeys(workspaceId: string | null, newerThan: Date): Promise<number> {
  const ids = await findWorkspacesToRotate(workspaceId, newerThan);
  for (const id of ids) {
    await rotateDataKey(id);
    crashPoint("data-key-replaced");
  }
  return ids.length;
}

/** Once through all that is sealed with an earlier key. */
export async function resealRound(workspaceId: string | null, { most = Infinity, report }: { most?: number; report?: (resealed: number) => void } = {}): Promise<Resealed> {
  const round: Resealed = { resealed: 0, broken: [] };
  let seen = 0;
  for (const place of SEALED_PLACES) {
    let after: string | null = null;
    do {
      const batch = await resealBatch(place, workspaceId, after);
      after = batch.after;
      seen += batch.seen;
      round.resealed += batch.resealed;
      round.broken.push(...batch.broken.map((id) => `${place.table} ${id}`));
      if (batch.seen > 0) report?.(round.resealed);
    } while (after !== null && seen < most);
  }
  return round;
}

/** For the tick: what a rotation left over, and keys that nothing needs any more. */
export async function sweepDataKeys(): Promise<number> {
  const { rows } = await sharedPool().query("SELECT FROM data_key WHERE retired_at IS NOT NULL LIMIT 1");
  if (rows.length === 0) return 0;
  const { resealed } = await resealRound(null, { most: ROWS_PER_SWEEP });
  await removeSpentDataKeys();
  return resealed;
}
