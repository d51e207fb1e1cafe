import { followSteps } from "@/server/live/follow-steps";
import { isFinal, startInlineRun, startRun } from "@/server/runs/service";
import { startInstallationWorker } from "@/server/worker/installation-worker";
import { createFromExample, listExamples, listWorkflows, publish } from "@/server/workflows/service";
import type { Scope } from "@/server/auth/scope";
import type { Scenario } from "../scenario";

const FAILING = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "prices", kind: "set", name: "Prices", config: { values: { list: [3, 5, 8] } } },
    { id: "total", kind: "set", name: "Total", config: { values: { total: "{{ steps.prices.output.lists.length }}" } } },
  ],
  edges: [{ from: "start", to: "prices" }, { from: "prices", to: "total" }],
};

/** Runs stay as they are when nothing happens any more: at their end, or while they wait for a person or a signal. */
async function untilItRests(scope: Scope, runId: string): Promise<void> {
  for (let afterSeq = 0; ; ) {
    const { run, seq, waits } = await followSteps({ scope }, { runId, afterSeq }, 5);
    if (isFinal(run.status) || (run.status === "waiting" && waits.some(({ kind, status }) => (kind === "approval" || kind === "signal") && status === "open"))) return;
    afterSeq = seq;
  }
}

async function exampleWorkflow(scope: Scope, id: string, name: string): Promise<string> {
  const { items } = await listWorkflows({ scope }, { limit: 50, archived: false, search: name });
  const existing = items.find((workflow) => workflow.name === name && workflow.published !== null);
  if (existing !== undefined) return existing.id;
  const { id: workflowId } = await createFromExample({ scope }, { example: id });
  await publish({ scope }, { workflowId, note: "Example" });
  return workflowId;
}

export const demo: Scenario = {
  summary: "the examples, each run once, an approval that waits, and a run that failed",
  async make(scope) {
    const worker = startInstallationWorker((error) => console.error(error));
    try {
      const runIds: string[] = [];
      for (const example of await listExamples()) {
        const workflowId = await exampleWorkflow(scope, example.id, example.name);
        runIds.push((await startRun({ scope }, { workflowId, mode: "production", input: example.input })).runId);
      }
      runIds.push((await startInlineRun({ scope }, { definition: FAILING, name: "A typing mistake" })).runId);
      for (const runId of runIds) await untilItRests(scope, runId);
    } finally {
      await worker.stop();
    }
    return `/${scope.workspace.slug}/runs`;
  },
};
