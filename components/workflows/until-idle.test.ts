import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function inBrowser() {
  vi.useFakeTimers();
  const window = new EventTarget();
  vi.stubGlobal("window", window);
  const { untilIdle } = await import("./until-idle");
  const press = (type: string, button = 0) => window.dispatchEvent(Object.assign(new Event(type), { button }));
  const begin = () => {
    const state = { isOver: false };
    void untilIdle().then(() => (state.isOver = true));
    return state;
  };
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  begin();
  await pass(0);
  return { press, begin, pass };
}

it("waits for as long as a button is held down, and for the click that ends it", async () => {
  const { press, begin, pass } = await inBrowser();
  press("pointerdown");
  const waits = begin();
  await pass(10_000);
  expect(waits.isOver).toBe(false);
  press("pointerup");
  await Promise.resolve();
  expect(waits.isOver).toBe(false);
  await pass(0);
  expect(waits.isOver).toBe(true);
});

it("waits until typing rests, and not for ever", async () => {
  const { press, begin, pass } = await inBrowser();
  press("keydown");
  const waits = begin();
  for (let key = 0; key < 5; key += 1) {
    await pass(200);
    press("keydown");
  }
  expect(waits.isOver).toBe(false);
  await pass(260);
  expect(waits.isOver).toBe(true);

  press("keydown");
  const endless = begin();
  for (let key = 0; key < 20; key += 1) {
    await pass(200);
    press("keydown");
  }
  expect(endless.isOver).toBe(true);
});

it("waits for no other button, and for none that is let go of elsewhere", async () => {
  const { press, begin, pass } = await inBrowser();
  press("pointerdown", 2);
  const other = begin();
  await pass(0);
  expect(other.isOver).toBe(true);
  for (const end of ["pointercancel", "blur"]) {
    press("pointerdown");
    const waits = begin();
    await pass(10_000);
    expect(waits.isOver).toBe(false);
    press(end);
    await pass(0);
    expect(waits.isOver).toBe(true);
  }
});

it("waits between the clicks of a double click", async () => {
  const { press, begin, pass } = await inBrowser();
  press("pointerdown");
  const waits = begin();
  press("pointerup");
  await pass(200);
  expect(waits.isOver).toBe(false);
  press("pointerdown");
  press("pointerup");
  await pass(200);
  expect(waits.isOver).toBe(false);
  await pass(60);
  expect(waits.isOver).toBe(true);
});
