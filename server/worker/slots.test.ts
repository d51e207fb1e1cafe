import { expect, test } from "vitest";
import { Slots } from "./slots";

test("places go by time of asking and priority, of which each point is worth a minute", async () => {
  let now = 0;
  const slots = new Slots(1, () => now);
  const abort = { signal: new AbortController().signal };
  const release = await slots.acquire(abort);
  const order: string[] = [];
  const ask = (name: string, at: number, priority: number) => {
    now = at;
    return slots.acquire(abort, priority).then((free) => (order.push(name), free()));
  };
  const given = new AbortController();
  const gaveUp = slots.acquire({ signal: given.signal }, 100).catch((reason: unknown) => reason);
  const all = [ask("old low", 0, -1), ask("plain", 30_000, 0), ask("high", 120_000, 2), ask("later plain", 130_000, 0)];
  given.abort("given up");
  expect(await gaveUp).toBe("given up");
  release();
  await Promise.all(all);
  expect(order).toEqual(["high", "plain", "old low", "later plain"]);
  expect(slots.busy).toBe(0);
});
