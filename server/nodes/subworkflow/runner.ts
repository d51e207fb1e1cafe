import type { NodeRunner, StepContext, StepError } from "@/server/nodes/runner";
import { failed, succeeded } from "@/server/nodes/results";
import { childPayloadSchema, type ChildDetail } from "@/server/nodes/wait-details";
import type { SubworkflowConfig } from "./spec";

async function chooseChild(ctx: StepContext<SubworkflowConfig>): Promise<ChildDetail | null> {
  const { workflow, version, input, labels } = ctx.config;
  const resolved = await ctx.services.workflows.resolve({ workspaceId: ctx.run.workspaceId, runId: ctx.run.id, workflow, version });
  if (resolved === null) return null;
  return { workflowId: resolved.workflowId, versionId: resolved.versionId, input: input ?? null, labels };
}

/** The child's error in short: the whole of it stays with the child. */
function causeOf(error: unknown): StepError | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || !("message" in error)) return undefined;
  return { code: String(error.code), message: String(error.message) };
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
    return { type: "waiting", wait: { kind: "child", childRunId, detail: child } };
  },
  resume({ config, resume }) {
    const parsed = childPayloadSchema.safeParse(resume?.payload);
    if (!parsed.success) return failed("child_lost", `the run of "${config.workflow}" ended without a readable result`);
    const { status, output, error, runId } = parsed.data;
    if (status === "succeeded") return succeeded(output ?? null);
    const cause = causeOf(error);
    const more = { details: { runId }, ...(cause === undefined ? {} : { cause }) };
    if (status === "cancelled") return failed("child_cancelled", `the run of "${config.workflow}" was cancelled`, more);
    return { type: "failed", error: { code: "child_failed", message: `the run of "${config.workflow}" failed${cause ? `: ${cause.message}` : ""}`, ...more }, retryable: true };
  },
};
