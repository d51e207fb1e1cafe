import type { Scope } from "@/server/auth/scope";
import { putBlob } from "@/server/blobs/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { createWorkflow } from "@/server/workflows/service";

interface RunOptions {
  workflowId?: string | null;
  ageDays: number;
  ended?: boolean;
  kept?: boolean;
  parent?: string;
}

/** Tables with a row for each run. */
export const TABLES = ["run", "step_run", "run_event", "run_log", "run_inbox", "run_snapshot", "run_search", "run_change", "wait", "llm_request", "step_cache"] as const;

/** A workspace with runs of chosen ages that have something in every table. */
export class RetentionScene {
  private constructor(readonly scope: Scope, readonly workflowId: string) {}

  static async open(): Promise<RetentionScene> {
    const scope = await makeScope("owner");
    const { id } = await createWorkflow({ scope }, { name: "Old", description: "" });
    // Others' workspaces of the same database have had their turn.
    await sharedPool().query("insert into retention_state (workspace_id) values ($1)", [scope.workspaceId]);
    return new RetentionScene(scope, id);
  }

  async workflow(name: string): Promise<string> {
    return (await createWorkflow({ scope: this.scope }, { name, description: "" })).id;
  }

  async run({ workflowId = this.workflowId, ageDays, ended = true, kept = false, parent }: RunOptions): Promise<string> {
    const { workspaceId } = this.scope;
    const id = newId();
    const at = new Date(Date.now() - ageDays * 86_400_000);
    const parents = parent === undefined ? {} : { parentRunId: parent, parentPath: "child", parentAttempt: 1 };
    await rawDb().run.create({ data: { id, workspaceId, workflowId, input: {}, triggerKind: "manual", rootRunId: parent ?? id, kept, createdAt: at, ...parents, ...(ended ? { status: "succeeded", finishedAt: at } : {}) } });
    if (!ended) await rawDb().runQueue.create({ data: { runId: id, workspaceId, state: "waiting", rank: 0n } });
    await rawDb().stepRun.create({ data: { runId: id, workspaceId, path: "a", nodeId: "a", kind: "set", status: "succeeded", startedAt: at, finishedAt: at } });
    await rawDb().runEvent.create({ data: { runId: id, workspaceId, seq: 1, type: "timer", body: {}, at } });
    await rawDb().runLog.createMany({ data: [1, 2].map((n) => ({ runId: id, workspaceId, path: "a", attempt: 1, level: "info", message: `line ${n}`, at })) });
    await rawDb().runInbox.create({ data: { runId: id, workspaceId, seq: 1, kind: "signal", key: "k" } });
    await rawDb().runSnapshot.create({ data: { runId: id, workspaceId, epoch: 1, isLeft: false, seq: 1, text: "{}" } });
    await rawDb().runSearch.create({ data: { runId: id, workspaceId, createdAt: at, facets: [], content: "" } });
    await sharedPool().query("insert into run_change (run_id, workspace_id) values ($1, $2)", [id, workspaceId]);
    await rawDb().wait.create({ data: { id: newId(), workspaceId, runId: id, path: "w", attempt: 1, nodeId: "w", kind: "signal", detail: {}, status: "answered", closedAt: at } });
    await rawDb().llmRequest.create({ data: { id: newId(), workspaceId, runId: id, provider: "mock", model: "m", status: "succeeded", request: {}, startedAt: at } });
    await rawDb().stepCache.create({ data: { workspaceId, scope: "workspace", key: id, output: {}, runId: id, path: "a", expiresAt: new Date(Date.now() + 86_400_000) } });
    return id;
  }

  async blob(owner: { type: "run" | "trigger_event"; id: string }, sharedBy: readonly string[] = []): Promise<string> {
    const { workspaceId } = this.scope;
    const { id } = await putBlob({ workspaceId, owner }, "0123456789");
    // Files of old runs are old: the sweep leaves young ones without an owner alone.
    await sharedPool().query("update blob set created_at = now() - interval '100 days' where id = $1", [id]);
    for (const runId of sharedBy) await rawDb().blobShare.create({ data: { blobId: id, runId, workspaceId } });
    return id;
  }

  async event(triggerId: string, ageDays: number, more: Partial<{ status: string; runId: string; watched: boolean }> = {}): Promise<string> {
    const id = newId();
    const at = new Date(Date.now() - ageDays * 86_400_000);
    const { status = "started", runId = newId(), watched = false } = more;
    await rawDb().triggerEvent.create({ data: { id, workspaceId: this.scope.workspaceId, triggerId, dedupeKey: id, status, runId, watched, receivedAt: at, processedAt: status === "received" || status === "held" ? null : at } });
    return id;
  }

  async trigger(): Promise<string> {
    const id = newId();
    await rawDb().trigger.create({ data: { id, workspaceId: this.scope.workspaceId, workflowId: this.workflowId, name: "Hook", kind: "webhook", config: {} } });
    return id;
  }

  /** Another round may begin at once, as if its time had come. */
  async due(): Promise<void> {
    await sharedPool().query("update retention_state set next_at = now() - interval '1 second', lease_until = null where workspace_id = $1", [this.scope.workspaceId]);
  }

  /** How many rows of these runs each table holds. */
  async rows(ids: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of TABLES) {
      const { rows } = await sharedPool().query<{ count: number }>(`select count(*)::int as count from ${table} where ${table === "run" ? "id" : "run_id"} = any($1::uuid[])`, [ids]);
      counts[table] = rows[0]!.count;
    }
    return counts;
  }
}
