import { expect, test } from "vitest";
import { StoreRefusedError } from "@/server/engine/ports";
import { keptText, keptWrite, nextRefusal } from "@/server/worker/refusal";

test("each refusal puts the run off for twice as long, up to ten minutes", () => {
  const first = nextRefusal(null, new StoreRefusedError("a"), 1_000, 5_000);
  expect(first).toEqual({ message: "a", times: 1, until: 6_000, since: 1_000 });
  expect(nextRefusal(first, new StoreRefusedError("b"), 6_000, 5_000)).toEqual({ message: "b", times: 2, until: 16_000, since: 1_000 });
  expect(nextRefusal({ ...first, times: 30 }, new StoreRefusedError("b"), 6_000, 5_000)).toEqual({ message: "b", times: 31, until: 606_000, since: 1_000 });
});

test("one before its time counts no further", () => {
  expect(nextRefusal({ message: "a", times: 4, until: 9_000 }, new StoreRefusedError("b"), 8_000, 5_000)).toEqual({ message: "b", times: 4, until: 9_000 });
});

test("what passes by itself is counted once, however often it is met", () => {
  const busy = new StoreRefusedError("busy", { isPassing: true });
  const first = nextRefusal(null, busy, 1_000, 5_000);
  expect([first, nextRefusal(first, busy, 6_000, 5_000)]).toEqual([{ message: "busy", times: 1, until: 6_000, since: 1_000 }, { message: "busy", times: 1, until: 11_000, since: 1_000 }]);
});

test("what was not written is written by the next holder, and what is too large is not kept", () => {
  const write = { runId: "r", workspaceId: "w", epoch: 3, steps: [], events: [], logs: [], checkpoints: [], progress: [], waits: [], children: [], messages: [] };
  expect(keptWrite(keptText(write)!, 5)).toEqual({ ...write, epoch: 5, resetTakeovers: true });
  expect(keptText({ ...write, vars: "x".repeat(1_000_001) })).toBeNull();
  expect(keptText(null)).toBeNull();
});

test("what steps have logged is not kept where it is too large, and keeps no result from it", () => {
  const line = (path: string, at: number) => ({ path, attempt: 1, level: "info" as const, message: "x".repeat(400_000), at });
  const step = { path: "b", attempt: 1, nodeId: "b", kind: "set", status: "succeeded" as const, entry: null, end: null, startedAt: 0, finishedAt: 1, output: "1" };
  const write = { runId: "r", workspaceId: "w", epoch: 3, steps: [step], events: [], logs: [line("a", 1), line("b", 2), line("a", 3)], checkpoints: [], progress: [{ path: "a", attempt: 1, value: "1" }], waits: [], children: [], messages: [] };
  const counted = (path: string, lines: number, at: number) => ({ path, attempt: 1, level: "warn", message: `lines that were not kept, as the database refused them: ${lines}`, at });
  expect(keptWrite(keptText(write)!, 5)).toMatchObject({ steps: [step], logs: [counted("a", 2, 3), counted("b", 1, 2)], progress: [] });
  expect(keptWrite(keptText({ ...write, logs: write.logs.slice(1) })!, 5)).toMatchObject({ logs: write.logs.slice(1), progress: write.progress });
});
