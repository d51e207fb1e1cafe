import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { HeldRun } from "@/server/engine/ports";
import { LeaseGuard } from "./lease-guard";
import type { RunSession } from "./session";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function sessionOf(id: string) {
  const session = { run: { claim: { id, epoch: 1 } }, inbox: { lastSeq: 0 }, leasedAt: performance.now(), abort: vi.fn(), deliver: vi.fn() };
  return session as typeof session & RunSession;
}

it("tries soon again for a run whose row was locked, and only for that", async () => {
  const [busy, calm] = [sessionOf("busy"), sessionOf("calm")];
  const asked: string[][] = [];
  const guard = new LeaseGuard(30_000, {
    held: () => [busy, calm],
    tidy: async () => {},
    renew: async (held: HeldRun[]) => {
      asked.push(held.map(({ runId }) => runId));
      return { lost: [], unread: [], late: asked.length < 3 ? ["busy"] : [] };
    },
    report: (error) => {
      throw error;
    },
  });
  guard.start();
  await vi.advanceTimersByTimeAsync(9_000);
  guard.stop();
  expect(asked).toEqual([["busy", "calm"], ["busy"], ["busy"]]);
  expect(calm.leasedAt).toBeLessThan(busy.leasedAt);
});

it("gives up a run whose row stays locked for two thirds of the lease", async () => {
  const stuck = sessionOf("stuck");
  const guard = new LeaseGuard(30_000, { held: () => [stuck], renew: async () => ({ lost: [], unread: [], late: ["stuck"] }), tidy: async () => {}, report: () => {} });
  guard.start();
  await vi.advanceTimersByTimeAsync(23_000);
  guard.stop();
  expect(stuck.abort).toHaveBeenCalledWith("lost");
});
