import type { Scope } from "@/server/auth/scope";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { DefinitionInput } from "@/server/engine/definition";
import { makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";

type Node = DefinitionInput["nodes"][number];

/** A workspace whose runs end as the test says, without a worker: rows as the engine's own statement leaves them. */
export class FactScene {
  private constructor(readonly scope: Scope) {}

  static async open(): Promise<FactScene> {
    return new FactScene(await makeScope("owner"));
  }

  async workflow(name: string, settings: DefinitionInput["settings"] = {}, nodes: Node[] = [{ id: "work", name: "Do the work", kind: "set", config: { values: { got: "{{ input }}" } } }]): Promise<{ id: string; versionId: string; slug: string }> {
    const { scope } = this;
    const { id, slug } = await workflows.createWorkflow({ scope }, { name, description: "", definition: { schema: 1, nodes, edges: [], settings } });
    const { id: versionId } = await workflows.publish({ scope }, { workflowId: id, note: "" });
    return { id, versionId, slug };
  }

  /** A run that has ended. */
  async ended({ id: workflowId, versionId }: { id: string; versionId: string }, status: "failed" | "succeeded" | "cancelled" = "failed", more: { triggerId?: string; trigger?: unknown; mode?: string; parentRunId?: string; message?: string } = {}): Promise<string> {
    const id = newId();
    const error = status === "failed" ? { code: "broken", message: more.message ?? "it broke" } : null;
    await sharedPool().query(
      `with made as (
        insert into run (id, workspace_id, workflow_id, version_id, mode, status, input, trigger, trigger_kind, trigger_id, error, parent_run_id, parent_path, parent_attempt, root_run_id, started_at, finished_at)
        values ($1, $2, $3, $4, $5, $6, '{}', $7::json, 'manual', $8, $9::json, $10, $11, $12, $1, now() - interval '2 seconds', now()) returning id, workspace_id)
      insert into run_change (run_id, workspace_id) select id, workspace_id from made`,
      [id, this.scope.workspaceId, workflowId, versionId, more.mode ?? "production", status, more.trigger === undefined ? null : JSON.stringify(more.trigger), more.triggerId ?? null, error === null ? null : JSON.stringify(error), ...(more.parentRunId === undefined ? [null, null, null] : [more.parentRunId, "work", 1])],
    );
    if (error !== null) {
      await sharedPool().query("insert into step_run (run_id, path, workspace_id, node_id, kind, status, error, started_at, finished_at) values ($1, 'work', $2, 'work', 'set', 'failed', $3::json, now(), now())", [id, this.scope.workspaceId, JSON.stringify(error)]);
    }
    return id;
  }

  facts() {
    return rawDb().platformFact.findMany({ where: { workspaceId: this.scope.workspaceId }, orderBy: { seq: "asc" } });
  }

  runsOf(workflowId: string) {
    return rawDb().run.findMany({ where: { workflowId }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  }
}
