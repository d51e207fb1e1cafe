import { GIVE_WAY_SIGNAL, type HeldPlace, type NewMessage } from "@/server/engine/ports";

/** Told once, whoever tells it. */
export function giveWayTo({ runId, path, attempt }: HeldPlace): Omit<NewMessage, "payload"> {
  return { runId, kind: "signal", path, attempt, name: GIVE_WAY_SIGNAL, key: `give way ${path}#${attempt ?? ""}` };
}
