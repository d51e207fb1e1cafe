import { childUntil, endOfChild } from "@/server/nodes/subworkflow/child-end";
import type { NodeRunner, StepContext } from "@/server/nodes/runner";
import { failed } from "@/server/nodes/results";
import type { ChildDetail } from "@/server/nodes/wait-details";
import type { SubworkflowConfig } from "./spec";

async function chooseChild(ctx: StepContext<SubworkflowConfig>): Promise<ChildDetail | null> {
  const { workflow, version, input, labels } = ctx.config;
  const resolved = await ctx.services.workflows.resolve({ workspaceId: ctx.run.workspaceId, runId: ctx.run.id, workflow, version });
  if (resolved === null) return null;
  const { workflowId, versionId, settings: { pool, priority, labels: own } } = resolved;
  return { workflowId, versionId, input: input === undefined ? {} : input, labels: { ...own, ...labels }, ...(pool === undefined ? {} : { pool }), ...(priority === undefined ? {} : { priority }) };
}

export const subworkflowRunner: NodeRunner<SubworkflowConfig> = {
  // It writes nothing outside: the child is made in the transaction that stores this step's wait or result.
  effect: "deterministic",
  async run(ctx) {
    const { config, run, services, childRunId } = ctx;
    const limit = services.limits.subworkflowDepth;
    if (run.depth >= limit) return failed("subworkflow_depth", `sub-workflows may be nested ${limit} deep; this run is at the limit`);
    const child = await chooseChild(ctx);
    if (child === null) {
      const wanted = config.version === "latest" ? "a published version" : `version ${config.version}`;
      return failed("workflow_not_found", `there is no workflow "${config.workflow}" with ${wanted}`, { field: "/workflow" });
    }
    if (!config.wait) return { type: "succeeded", output: { runId: childRunId }, child };
    return { type: "waiting", wait: { kind: "child", childRunId, detail: child, ...childUntil(config, ctx.now) } };
  },
  resume: ({ config, resume }) => endOfChild(resume, `the run of "${config.workflow}"`, config),
};
