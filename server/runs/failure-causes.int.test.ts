import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let scope: Scope;
let worker: InstallationWorker;
let outermost: string;
let outerId: string;

async function publish(name: string, node: Record<string, unknown>): Promise<string> {
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, node], edges: [{ from: "start", to: node.id }] };
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name, description: "", definition });
  await workflows.publish({ scope }, { workflowId, note: "" });
  return workflowId;
}

const untilEnded = (runId: string) => vi.waitFor(async () => expect(await service.isFinished({ scope }, runId)).toBe(true), { timeout: 60_000 });

beforeAll(async () => {
  scope = await makeScope("owner");
  worker = startInstallationWorker(() => {});
  await publish("Innermost", { id: "sum", kind: "set", name: "Sum it up", config: { values: { total: "{{ input.nothing.at.all }}" } } });
  await publish("Middle", { id: "ask", kind: "subworkflow", name: "Ask the innermost", config: { workflow: "innermost", input: {} } });
  outerId = await publish("Outermost", { id: "call", kind: "subworkflow", name: "Call the middle", config: { workflow: "middle", input: {} } });
  outermost = (await service.startRun({ scope }, { workflowId: outerId, mode: "production", input: {} })).runId;
  await untilEnded(outermost);
});
afterAll(async () => {
  await worker.stop();
  await closeConnections();
});

describe("the causes of a failure", () => {
  it("go on through the runs below, down to the step and the expression at fault", async () => {
    const causes = await service.failureCauses({ scope }, { runId: outermost });
    expect(causes).toMatchObject([
      { workflow: { name: "Middle" }, status: "failed", nodeName: "Ask the innermost", failure: { code: "child_failed", path: "ask" }, expression: null },
      { workflow: { name: "Innermost" }, status: "failed", nodeName: "Sum it up", failure: { path: "sum" }, expression: "{{ input.nothing.at.all }}" },
    ]);
    expect(await service.failureCauses({ scope }, { runId: causes[1]!.runId })).toEqual([]);
  });

  it("end where somebody may see no further", async () => {
    const person = await makePerson(scope.organizationId);
    await grantPart(scope, person.id, "viewer", { workflowId: outerId });
    const theirs = (await openUserScope(person.id, { id: scope.workspaceId })).for("run:read");
    expect(await service.failureCauses({ scope: theirs }, { runId: outermost })).toEqual([]);
    const stranger = await makeScope("owner");
    await expect(service.failureCauses({ scope: stranger }, { runId: outermost })).rejects.toMatchObject({ kind: "not_found" });
  });
});
