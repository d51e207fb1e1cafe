import { expect, it } from "vitest";
import { linksOf } from "./audit-links";

const told = (action: string, type: string, after: unknown = null) => linksOf({ action, resource: { type, id: "a1", name: null }, after, before: null }).map(({ path }) => path);

it("leads from an entry to what it is about, and to what belongs to it", () => {
  expect(told("run.started", "run", { workflowId: "w1", versionId: "v1" })).toEqual(["/runs/a1", "/workflows/w1"]);
  expect(told("wait.answered", "wait", { runId: "r1", path: "ask" })).toEqual(["/approvals?wait=a1", "/runs/r1"]);
  expect(told("review.requested", "workflow", { reviewId: "r1" })).toEqual(["/workflows/a1", "/reviews?review=r1"]);
  expect(told("secret.changed", "secret")).toEqual(["/settings/secrets#a1"]);
  expect(told("run.kept", "run", { runId: "a1" })).toEqual(["/runs/a1"]);
});

it("leads to nothing that is gone or has no page", () => {
  expect(told("secret.deleted", "secret")).toEqual([]);
  expect(told("access.denied", "permission")).toEqual([]);
  // A signal's: its run alone.
  expect(told("wait.resumed", "wait", { runId: "r1", path: "ask" })).toEqual(["/runs/r1"]);
  expect(told("thing.done", "constructor", { workflowId: 7 })).toEqual([]);
});
