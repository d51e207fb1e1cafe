import { expect, it } from "vitest";
import { whyNoRun } from "./event-waits";

const dueAt = new Date("2030-01-01T00:00:00Z");
const event = { status: "received", error: null, dueAt, heldByPause: false, heldByQuota: false };

it.each([
  [{}, null],
  [{ error: { code: "internal", message: "no room" } }, { kind: "retry", at: dueAt.toISOString() }],
  [{ status: "held", heldByPause: true }, { kind: "pause", until: null }],
  [{ status: "held", heldByQuota: true }, { kind: "quota" }],
  [{ status: "held" }, { kind: "suspended" }],
  [{ status: "failed", error: { code: "internal", message: "no room" } }, null],
])("says of %o why it is no run yet: %o", (change, waits) => {
  expect(whyNoRun({ ...event, ...change }, { pausedUntil: null }, null)).toEqual(waits);
});

it("names the run that a slot waits for, unless something else keeps it", () => {
  expect(whyNoRun(event, { pausedUntil: null }, "r1")).toEqual({ kind: "overlap", runId: "r1" });
  expect(whyNoRun({ ...event, status: "started" }, { pausedUntil: null }, "r1")).toBeNull();
});
