import { newId } from "@/server/db/id";
import type { NewRun } from "@/server/engine/ports";

/** A run as a person would start it by hand. */
export function newRun(run: Pick<NewRun, "workspaceId" | "versionId"> & Partial<NewRun>): NewRun {
  const id = newId();
  return {
    id,
    workflowId: null,
    mode: "production",
    pool: "default",
    priority: 0,
    input: "{}",
    trigger: null,
    triggerKind: "manual",
    parent: null,
    rootRunId: id,
    depth: 0,
    labels: {},
    options: {},
    ...run,
  };
}
