import { expect, it } from "vitest";
import { type PoolState, whyReady } from "./why-queued";

const free: PoolState = { places: 4, taken: 3, isShared: false, limit: null, running: 0 };
const small = { pool: "gpu", givenBytes: 0, takeovers: 2 };

it.each([
  [{}, null],
  [{ places: 0, taken: 0, limit: 1, running: 1 }, { kind: "no_worker", pool: "gpu" }],
  [{ taken: 4 }, { kind: "workers", pool: "gpu", places: 4 }],
  [{ taken: 4, limit: 2, running: 1 }, { kind: "workers", pool: "gpu", places: 4 }],
  // More places would not help.
  [{ taken: 4, limit: 2, running: 2 }, { kind: "workspace", limit: 2, running: 2 }],
])("a ready run under %o waits for %o", (change, reason) => {
  expect(whyReady(small, { ...free, ...change })).toEqual(reason);
});

it("waits for memory where there are places, and for a place where there are none", () => {
  const large = { ...small, givenBytes: 7 };
  expect(whyReady(large, free)).toEqual({ kind: "memory", bytes: 7 });
  expect(whyReady(large, { ...free, taken: 4 })).toMatchObject({ kind: "workers" });
});

it("waits to be watched once three workers were lost on it, where there is a place", () => {
  const suspect = { ...small, takeovers: 3 };
  expect(whyReady(suspect, free)).toEqual({ kind: "suspect", losses: 3 });
  expect(whyReady(suspect, { ...free, taken: 4 })).toMatchObject({ kind: "workers" });
});
