import { expect, it } from "vitest";
import { newModel } from "@/components/runs/run-model";
import type { RunView } from "@/server/runs/contract";
import { statusOf } from "./test-results";

function told(root: string | null, run: string, step: string): string {
  const steps = [{ path: "load", nodeId: "load", attempt: 1, status: step, finishedAt: null }];
  return statusOf({ root, model: newModel({ run: { id: "r", status: run }, steps, waits: [], loops: [], more: false, moreWaits: 0, moreOpenSteps: 0, seq: 1 } as unknown as RunView) });
}

it("tells of a test of one step that the step failed, also where its error ends no run", () => {
  expect(told("load", "succeeded", "failed")).toBe("failed");
  expect(told("load", "succeeded", "succeeded")).toBe("succeeded");
  expect(told("load", "running", "failed")).toBe("running");
  expect(told(null, "succeeded", "failed")).toBe("succeeded");
});
