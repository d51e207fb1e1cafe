import { expect, test } from "vitest";
import type { RunState } from "@/server/engine/state";
import { packPaths, packSnapshot, SNAPSHOT_FORMAT, unpackPaths, unpackSnapshot, type RunSnapshot } from "@/server/worker/run-snapshot";

const state: RunState = { seq: 7, startedAt: 1, finished: false, frames: {}, timers: { a: 1 }, executing: 0, held: [], heldFrom: 0, exiting: null, cancel: null };
const snapshot: RunSnapshot = { state, paths: [], inbox: { lastSeq: 3, kept: [2] }, checkpoints: [{ path: "a", text: "1" }] };

test("a snapshot comes back as it was; that of another release is not read", () => {
  const text = packSnapshot(snapshot)!;
  expect(unpackSnapshot(text)).toEqual(snapshot);
  expect(unpackSnapshot(text.replace(JSON.stringify(SNAPSHOT_FORMAT), JSON.stringify(`${SNAPSHOT_FORMAT} and more`)))).toBeNull();
});

test("what is too large leaves no snapshot", () => {
  expect(packSnapshot({ ...snapshot, checkpoints: [{ path: "a", text: "x".repeat(300_000) }] })).toBeNull();
  expect(packSnapshot({ ...snapshot, state: { ...state, frames: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [String(n), {}])) as never } })).toBeNull();
});

test("iterations in a row take one entry, and every path comes back", () => {
  const entries = [
    ["a", { attempt: 2, status: "failed" }],
    ...Array.from({ length: 10_000 }, (_, n) => [`loop[${n}]`, { attempt: 1, status: n === 500 ? "failed" : "succeeded" }] as const),
    ["loop[10000]/b", { attempt: 1, status: "succeeded" }],
    ["par[1]", { attempt: 1, status: "succeeded" }],
    ["par[0]", { attempt: 1, status: "succeeded" }],
  ] as const;
  const packed = packPaths(entries);
  expect(packed).toHaveLength(6);
  expect(Object.fromEntries(unpackPaths(packed))).toEqual(Object.fromEntries(entries));
});

test("iterations of a parallel loop take one entry in whichever order they have ended", () => {
  const ended = Array.from({ length: 1_000 }, (_, n) => [`loop[${(n * 7) % 1_000}]`, { attempt: 1, status: "succeeded" }] as const);
  expect(packPaths(ended)).toEqual([["loop", 1, "succeeded", 0, 1_000]]);
});
