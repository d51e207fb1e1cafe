import { afterAll, expect, it } from "vitest";
import { closeConnections } from "@/server/db/client";
import { Lane } from "./lane";
import { setInboxSettings } from "./service";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

const LARGE = "x".repeat(200_000);

it("keeps the order of events that take different times to prepare, and what waits behind one that cannot be recorded is not", async () => {
  const scene = await TriggerScene.open([{ id: "in", kind: "trigger.amqp", config: { host: "queue.example", queue: "orders" } }]);
  const [trigger] = await scene.triggers();
  await setInboxSettings({ scope: scene.scope }, { sealEvents: true });
  const lane = new Lane();
  const event = (n: number) => scene.event(trigger!.id, `m${n}`, n % 3 === 0 ? { n, LARGE } : { n });
  const recorded: number[] = [];
  await Promise.all(Array.from({ length: 30 }, (_, n) => lane.store(event(n)).then(() => recorded.push(n))));
  expect(recorded).toEqual(Array.from({ length: 30 }, (_, n) => n));
  const places = (await scene.events(trigger!.id)).map(({ receivedAt, dedupeKey }) => ({ at: receivedAt.getTime(), n: Number(dedupeKey.slice(1)) }));
  expect([...places].sort((one, other) => one.at - other.at || one.n - other.n).map(({ n }) => n)).toEqual(recorded);

  // Nothing can refer to a workspace that is not there.
  const lost = { ...event(31), trigger: { id: trigger!.id, workspaceId: "00000000-0000-7000-8000-000000000000" }, body: LARGE };
  const outcome = await Promise.allSettled([lane.store(event(30)), lane.store(lost), lane.store(event(32))]);
  expect(outcome.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await lane.store(event(33))).toMatchObject({ isNew: true });
  expect((await scene.events(trigger!.id)).map(({ dedupeKey }) => dedupeKey)).not.toContain("m32");
});
