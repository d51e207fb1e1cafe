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

test("a step that asks for a share waits until it is free, keeps its turn among those that ask, and holds up nobody else", async () => {
  let now = 0;
  const slots = new Slots(10, () => now++, { cpu: 4, memoryMb: 1_000 });
  const abort = { signal: new AbortController().signal };
  const order: string[] = [];
  const ask = (name: string, cpu: number, memoryMb: number, signal = abort) => slots.acquire(signal, 0, { cpu, memoryMb }).then((free) => (order.push(name), free));
  const half = await ask("half", 2, 600);
  const given = { abort: new AbortController() };
  const impatient = ask("impatient", 4, 0, { signal: given.abort.signal }).catch(() => "gave up");
  const large = ask("large", 1, 500);
  const small = ask("small", 1, 1);
  const plain = await ask("plain", 0, 0);
  expect(order).toEqual(["half", "plain"]);
  given.abort.abort();
  expect(await impatient).toBe("gave up");
  expect(order).toEqual(["half", "plain"]);
  half();
  for (const free of [await large, await small, plain]) free();
  expect(order).toEqual(["half", "plain", "large", "small"]);
  expect(slots.busy).toBe(0);
  await expect(ask("all of it", 4, 1_000)).resolves.toBeTypeOf("function");
});
