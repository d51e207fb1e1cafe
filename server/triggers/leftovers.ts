import { v5 } from "uuid";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { storableText } from "@/server/expressions/storable";
import { readTriggerSecret } from "@/server/secrets/service";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { isTriggerKind } from "@/server/triggers/kinds";
import { LISTENER_LEASE_SECONDS } from "@/server/triggers/lease-rows";
import { sourceOf } from "@/server/triggers/sources";

type Config = Record<string, unknown>;

/** Whoever listened by the old config has lost the trigger by then. */
const FIRST_AFTER_SECONDS = LISTENER_LEASE_SECONDS + 6;
const HELD_SECONDS = 120;
const RETRY_SECONDS = 60;
const RETRY_MAX_SECONDS = 3_600;
const GIVEN_UP_DAYS = 30;

/** In the transaction that gives a trigger another config: what it has at a server that the new one does not name is taken away there. */
export async function noteLeftover(tx: Tx, trigger: { id: string; workspaceId: string; kind: string; config: unknown; health: unknown }, config: Config): Promise<void> {
  const place = placeOf(trigger.kind, trigger.config as Config);
  // Whoever has listened has said how it is; before that there is nothing.
  if (place === null || trigger.health === null || place === placeOf(trigger.kind, config)) return;
  await tx.triggerLeftover.create({ data: { id: newId(), workspaceId: trigger.workspaceId, triggerId: trigger.id, config: trigger.config as Prisma.InputJsonObject, dueAt: new Date(Date.now() + FIRST_AFTER_SECONDS * 1_000) } });
}

/** Where something of the trigger is; null: its kind makes nothing. */
export function placeOf(kind: string, config: Config): string | null {
  return (isTriggerKind(kind) ? sourceOf(kind).placeOf?.(config) : undefined) ?? null;
}

interface Leftover {
  id: string;
  triggerId: string;
  workspaceId: string;
  organizationId: string;
  kind: string;
  name: string;
  config: Config;
  attempts: number;
  isOld: boolean;
}

const TAKE = `
WITH due AS MATERIALIZED (SELECT id FROM trigger_leftover WHERE due_at <= (SELECT clock_timestamp()) ORDER BY due_at LIMIT 10 FOR UPDATE SKIP LOCKED)
UPDATE trigger_leftover l SET due_at = clock_timestamp() + make_interval(secs => ${HELD_SECONDS}), attempts = l.attempts + 1
FROM due d, trigger t, workflow w, workspace s WHERE l.id = d.id AND t.id = l.trigger_id AND w.id = t.workflow_id AND s.id = l.workspace_id
RETURNING l.id, l.trigger_id AS "triggerId", l.workspace_id AS "workspaceId", s.organization_id AS "organizationId", t.kind, t.name, l.config, l.attempts,
  l.created_at < clock_timestamp() - make_interval(days => ${GIVEN_UP_DAYS}) AS "isOld"`;
const GONE = "DELETE FROM trigger_leftover WHERE id = $1";
const PUT_OFF = "UPDATE trigger_leftover SET problem = $2, due_at = clock_timestamp() + make_interval(secs => $3) WHERE id = $1";

/** Anybody may call it at any time. */
export async function takeLeftoversAway(): Promise<void> {
  const { rows } = await sharedPool().query<Leftover>({ name: "trigger-leftovers-take", text: TAKE });
  for (const leftover of rows) {
    const problem = await takeAway(leftover).then(() => null, (error: unknown) => storableText(error instanceof Error ? error.message : String(error)));
    if (problem !== null && !leftover.isOld) await sharedPool().query(PUT_OFF, [leftover.id, problem, Math.min(RETRY_SECONDS * 2 ** (leftover.attempts - 1), RETRY_MAX_SECONDS)]);
    else {
      if (problem !== null) await noteAbandoned(leftover, problem);
      await sharedPool().query(GONE, [leftover.id]);
    }
    tellTriggerChanged(leftover.workspaceId, leftover.triggerId);
  }
}

const WANTED = "SELECT CASE WHEN t.retired_at IS NULL AND w.deleted_at IS NULL THEN t.config END AS wanted, t.revision FROM trigger t JOIN workflow w ON w.id = t.workflow_id WHERE t.id = $1";

/** Somebody may have gone back to the old place since: asked for again right before it is emptied. */
async function takeAway({ kind, triggerId: id, workspaceId, name, config }: Leftover): Promise<void> {
  const source = isTriggerKind(kind) ? sourceOf(kind) : null;
  if (source?.cleanUp === undefined) return;
  const ports = { secret: (secret: string) => readTriggerSecret({ id, workspaceId, name }, secret) };
  const now = async () => (await sharedPool().query<{ wanted: Config | null; revision: number }>(WANTED, [id])).rows[0];
  const before = await now();
  const wanted = before?.wanted ?? null;
  const at = (where: Config) => ({ id, workspaceId, name, config: where, checkpoint: null });
  // Another name for the same server: what is there is in use.
  if (wanted !== null && (placeOf(kind, wanted) === placeOf(kind, config) || (await source.isSamePlace?.(at(config), at(wanted), ports)) === true)) return;
  if ((await now())?.revision !== before?.revision) throw new Error("its trigger was changed meanwhile");
  await source.cleanUp(at(config), ports, "deleted");
}

async function noteAbandoned({ id, triggerId, name, kind, config, workspaceId, organizationId }: Leftover, problem: string): Promise<void> {
  const actor = { type: "system", id: triggerId, name: `Trigger ${name}` } as const;
  await recordAudit(rawDb(), { organizationId, workspaceId, actor }, { id: v5("abandoned", id), action: "trigger.leftover_abandoned", resource: { type: "trigger", id: triggerId, name }, after: { place: placeOf(kind, config), problem } });
}
