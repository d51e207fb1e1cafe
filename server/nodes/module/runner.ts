import { childUntil, endOfChild } from "@/server/nodes/subworkflow/child-end";
import { failed } from "@/server/nodes/results";
import type { NodeRunner } from "@/server/nodes/runner";
import type { ModuleConfig } from "./spec";

/** A block runs as a child run of the version that the step names: its steps have a journal of their own. */
export const moduleRunner: NodeRunner<ModuleConfig> = {
  // It writes nothing outside: the child is made in the transaction that stores this step's wait.
  effect: "deterministic",
  async run({ config, run, services, childRunId, now }) {
    const limit = services.limits.subworkflowDepth;
    if (run.depth >= limit) return failed("subworkflow_depth", `blocks and sub-workflows may be nested ${limit} deep; this run is at the limit`);
    const found = await services.modules.resolve({ workspaceId: run.workspaceId, module: config.module, version: config.version });
    if (found === null) return failed("module_not_found", `there is no block "${config.module}" with version ${config.version}`, { field: "/module" });
    const labels = { block: config.module, blockVersion: String(config.version) };
    return { type: "waiting", wait: { kind: "child", childRunId, detail: { workflowId: null, versionId: found.versionId, input: config.input ?? {}, labels }, ...childUntil(config, now) } };
  },
  resume: ({ config, resume }) => endOfChild(resume, `the block "${config.module}"`, config),
};
