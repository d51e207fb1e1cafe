import { sharedPool } from "@/server/db/client";
import { readTriggerSecret } from "@/server/secrets/service";
import { isTriggerKind } from "@/server/triggers/kinds";
import { LISTENER_LEASE_SECONDS } from "@/server/triggers/lease-rows";
import { sourceOf } from "@/server/triggers/sources";

const LOOK_MS = 100;

interface Cleaned {
  id: string;
  workspaceId: string;
  name: string;
  kind: string;
  config: Record<string, unknown>;
}

export function makesThings(kind: string): boolean {
  return isTriggerKind(kind) && sourceOf(kind).cleanUp !== undefined;
}

/** Takes away what the kind made at the other side, once the trigger is disabled and nobody listens for it. Answers why it could not, or null. */
export async function cleanUp({ kind, ...trigger }: Cleaned, why: "disabled" | "deleted"): Promise<string | null> {
  const source = isTriggerKind(kind) ? sourceOf(kind) : null;
  if (source?.cleanUp === undefined) return null;
  try {
    await untilReleased(trigger.id);
    await source.cleanUp({ ...trigger, checkpoint: null }, { secret: (wanted) => readTriggerSecret(trigger, wanted) }, why);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A process that still listens would make again what is taken away; at the latest its lease runs out. */
async function untilReleased(triggerId: string): Promise<void> {
  for (const deadline = performance.now() + LISTENER_LEASE_SECONDS * 1_000; performance.now() < deadline; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    const { rows } = await sharedPool().query("SELECT 1 FROM trigger WHERE id = $1 AND lease_until > clock_timestamp()", [triggerId]);
    if (rows.length === 0) return;
  }
}
