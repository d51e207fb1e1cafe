import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import type { AdmissionAnswer, ClaimedRun, Gates } from "@/server/engine/ports";
import { StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

const admit = ({ id: runId, workspaceId, epoch }: ClaimedRun, gates: Gates, inboxSeq = 0): Promise<AdmissionAnswer> => scene.store.admit({ runId, workspaceId, epoch, inboxSeq, gates });
const placeOf = (whenFull: NonNullable<Gates["place"]>["whenFull"]): Gates => ({ place: { key: newId(), limit: 1, whenFull } });

describe("the way through the limits", () => {
  test.each(["queue", "skip", "cancelNew", "cancelOldest"] as const)("asked again because the answer got lost, finds its own place taken by nobody else (%s)", async (whenFull) => {
    const gates = placeOf(whenFull);
    const run = await scene.claimed();
    expect(await admit(run, gates)).toEqual({ kind: "admitted" });
    expect(await admit(run, gates)).toEqual({ kind: "admitted" });
    expect((await scene.state(run.id))[0]?.state).toBe("running");
    expect((await admit(await scene.claimed(), gates)).kind).not.toBe("admitted");
  });

  const DELAYS: Record<string, () => Promise<Gates>> = {
    "behind others": async () => {
      const gates = placeOf("queue");
      await admit(await scene.claimed(), gates);
      return gates;
    },
    "until newer ones have come": async () => ({ debounce: { key: newId(), seconds: 3_600 } }),
    "for its turn": async () => {
      const gates = { throttle: { key: newId(), limit: 1, periodSeconds: 3_600 } };
      await admit(await scene.claimed(), gates);
      return gates;
    },
  };

  test.each(Object.keys(DELAYS))("does not leave its worker %s with a message that nobody has read", async (name) => {
    const gates = await DELAYS[name]!();
    const run = await scene.claimed();
    await scene.store.send({ ...scene.signal(run.id, "stop"), kind: "cancel" });
    expect(await admit(run, gates)).toEqual({ kind: "inbox_changed" });
    expect((await scene.state(run.id))[0]?.state).toBe("running");
    expect(["blocked", "delayed"]).toContain((await admit(run, gates, 1)).kind);
  });

  test.each(Object.keys(DELAYS))("begins its time after it has waited %s, also when a worker was lost before", async (name) => {
    const gates = await DELAYS[name]!();
    const { id, pool } = await scene.claimed();
    await scene.expire(id);
    const again = await scene.claim(pool);
    expect(["blocked", "delayed"]).toContain((await admit(again, gates)).kind);
    expect(await scene.rows("select started_at from run_queue where run_id = $1", id)).toEqual([{ started_at: null }]);
  });

  test("takes the places of the oldest, of those who wait too", async () => {
    const gates = placeOf("cancelOldest");
    const runs = [await scene.claimed(), await scene.claimed(), await scene.claimed()];
    for (const run of runs) await admit(run, gates);
    const told = await scene.rows<{ id: string }>("select run_id as id from run_inbox where run_id = any ($1) and kind = 'cancel' order by run_id", runs.map(({ id }) => id));
    expect(told.map(({ id }) => id)).toEqual(runs.slice(0, 2).map(({ id }) => id));
  });
});
