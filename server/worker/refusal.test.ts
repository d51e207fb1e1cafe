import { expect, test } from "vitest";
import { StoreRefusedError } from "@/server/engine/ports";
import { keptText, keptWrite, nextRefusal } from "@/server/worker/refusal";

test("each refusal puts the run off for twice as long, up to ten minutes", () => {
  const first = nextRefusal(null, new StoreRefusedError("a"), 1_000, 5_000);
  expect(first).toEqual({ message: "a", times: 1, until: 6_000 });
  expect(nextRefusal(first, new StoreRefusedError("b"), 6_000, 5_000)).toEqual({ message: "b", times: 2, until: 16_000 });
  expect(nextRefusal({ ...first, times: 30 }, new StoreRefusedError("b"), 6_000, 5_000)).toEqual({ message: "b", times: 31, until: 606_000 });
});

test("one before its time counts no further", () => {
  expect(nextRefusal({ message: "a", times: 4, until: 9_000 }, new StoreRefusedError("b"), 8_000, 5_000)).toEqual({ message: "b", times: 4, until: 9_000 });
});

test("what passes by itself is counted once, however often it is met", () => {
  const busy = new StoreRefusedError("busy", { isPassing: true });
  const first = nextRefusal(null, busy, 1_000, 5_000);
  expect([first, nextRefusal(first, busy, 6_000, 5_000)]).toEqual([{ message: "busy", times: 1, until: 6_000 }, { message: "busy", times: 1, until: 11_000 }]);
});

test("what was not written is written by the next holder, and what is too large is not kept", () => {
  const write = { runId: "r", workspaceId: "w", epoch: 3, steps: [], events: [], logs: [], checkpoints: [], progress: [], waits: [], children: [], messages: [] };
  expect(keptWrite(keptText(write)!, 5)).toEqual({ ...write, epoch: 5, resetTakeovers: true });
  expect(keptText({ ...write, vars: "x".repeat(1_000_001) })).toBeNull();
  expect(keptText(null)).toBeNull();
});
