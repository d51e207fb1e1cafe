import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function inBrowser() {
  const window = new EventTarget();
  vi.stubGlobal("window", window);
  const { untilIdle } = await import("./until-idle");
  const press = (type: string, button = 0) => window.dispatchEvent(Object.assign(new Event(type), { button }));
  const begin = () => {
    const state = { isOver: false };
    void untilIdle().then(() => (state.isOver = true));
    return state;
  };
  /** Long enough for all that does not wait for a button. */
  const turns = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  };
  return { untilIdle, press, begin, turns };
}

it("waits for as long as a button is held down, and for the click that ends it", async () => {
  const { untilIdle, press, begin, turns } = await inBrowser();
  await untilIdle();
  press("pointerdown");
  const waits = begin();
  await turns();
  expect(waits.isOver).toBe(false);
  press("pointerup");
  await Promise.resolve();
  expect(waits.isOver).toBe(false);
  await expect.poll(() => waits.isOver).toBe(true);
});

it("waits until typing rests, and not for ever", async () => {
  vi.useFakeTimers();
  const { untilIdle, press, begin } = await inBrowser();
  const first = untilIdle();
  await vi.advanceTimersByTimeAsync(0);
  await first;
  press("keydown");
  const waits = begin();
  for (let key = 0; key < 5; key += 1) {
    await vi.advanceTimersByTimeAsync(200);
    press("keydown");
  }
  expect(waits.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(260);
  expect(waits.isOver).toBe(true);

  press("keydown");
  const endless = begin();
  for (let key = 0; key < 20; key += 1) {
    await vi.advanceTimersByTimeAsync(200);
    press("keydown");
  }
  expect(endless.isOver).toBe(true);
});

it("waits for no other button, and for none that is let go of elsewhere", async () => {
  const { untilIdle, press, begin } = await inBrowser();
  await untilIdle();
  press("pointerdown", 2);
  await untilIdle();
  for (const end of ["pointercancel", "blur"]) {
    press("pointerdown");
    const waits = begin();
    press(end);
    await expect.poll(() => waits.isOver).toBe(true);
  }
});

it("waits between the clicks of a double click", async () => {
  vi.useFakeTimers();
  const { untilIdle, press, begin } = await inBrowser();
  const first = untilIdle();
  await vi.advanceTimersByTimeAsync(0);
  await first;
  press("pointerdown");
  const waits = begin();
  press("pointerup");
  await vi.advanceTimersByTimeAsync(200);
  expect(waits.isOver).toBe(false);
  press("pointerdown");
  press("pointerup");
  await vi.advanceTimersByTimeAsync(200);
  expect(waits.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(60);
  expect(waits.isOver).toBe(true);
});
