import type { ClaimedRun } from "@/server/engine/ports";
import { compileWorkflow, type CompiledWorkflow } from "@/server/worker/compiled-workflow";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { StepFailure } from "@/server/worker/step-failure";
import type { WorkerPorts } from "@/server/worker/ports";

const KEPT_WORKFLOWS = 200;

/** Compiled versions, the most recently used ones. A version never changes, so nothing here ever gets stale. */
export class WorkflowCache {
  readonly #known = new Map<string, Promise<CompiledWorkflow | null>>();

  constructor(private readonly ports: Pick<WorkerPorts, "definition" | "kinds">) {}

  /** Null when there is no such version: a run never falls back to another one. A definition that cannot be planned is a failure that says so. */
  async usable(run: Pick<ClaimedRun, "workspaceId" | "versionId" | "options">): Promise<CompiledWorkflow | null> {
    try {
      return await this.of(run);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      throw new StepFailure({ code: "invalid_definition", message: error instanceof Error ? error.message : String(error) }, false, { cause: error });
    }
  }

  async of(run: Pick<ClaimedRun, "workspaceId" | "versionId" | "options">): Promise<CompiledWorkflow | null> {
    if (run.versionId === null) return null;
    const key = [run.versionId, run.options.untilNode ?? "", run.options.onlyNode?.id ?? ""].join(" ");
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    const loading = this.#load(run.workspaceId, run.versionId, run.options);
    this.#known.set(key, loading);
    if (this.#known.size > KEPT_WORKFLOWS) this.#known.delete(this.#known.keys().next().value ?? "");
    try {
      return await loading;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  async #load(workspaceId: string, versionId: string, options: ClaimedRun["options"]): Promise<CompiledWorkflow | null> {
    const definition = await this.ports.definition(workspaceId, versionId);
    return definition === null ? null : compileWorkflow(definition, this.ports.kinds, options);
  }
}
