import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ClaimedRun } from "@/server/engine/ports";
import { Probation } from "./probation";

const claimed = (losses: Partial<ClaimedRun>) => ({ id: "a", epoch: 4, takeovers: 3, lostAlone: 0, livedMs: 0, ...losses }) as ClaimedRun;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("watches one suspect, for longer than it lived, and lets others have the next turn", async () => {
  const ended = vi.fn();
  const clear = vi.fn(async () => {});
  const probation = new Probation(1_000, ended);
  const run = claimed({ livedMs: 60_000 });
  expect(probation.takeTurn()).toBe(true);
  probation.begin(run);
  probation.watch(run, clear);
  expect([probation.takeTurn(), probation.isStrict]).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(90_000);
  expect(clear).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([clear.mock.calls.length, ended.mock.calls.length, probation.isUnderWay]).toEqual([1, 1, false]);
  expect([probation.takeTurn(), probation.takeTurn()]).toEqual([false, true]);
});

it("takes nothing else beside one that was watched at a loss", () => {
  const probation = new Probation(1_000, () => {});
  const run = claimed({ lostAlone: 1 });
  probation.begin(run);
  expect(probation.isStrict).toBe(true);
  probation.end(claimed({ epoch: 3 }));
  expect(probation.isStrict).toBe(true);
  probation.end(run);
  expect(probation.isStrict).toBe(false);
});

it("takes others beside it again after a while, and goes on watching", async () => {
  const ended = vi.fn();
  const probation = new Probation(1_000, ended);
  const run = claimed({ lostAlone: 1, livedMs: 3_600_000 });
  const clear = vi.fn(async () => {});
  probation.begin(run);
  probation.watch(run, clear);
  await vi.advanceTimersByTimeAsync(9_999);
  expect([probation.isStrict, ended.mock.calls.length]).toEqual([true, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([probation.isStrict, probation.isUnderWay, ended.mock.calls.length]).toEqual([false, true, 1]);
  await vi.advanceTimersByTimeAsync(90 * 60_000);
  expect(clear).toHaveBeenCalledOnce();
});
