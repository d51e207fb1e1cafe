import pg from "pg";
import type { BenchServer } from "@/bench/server";
import { WatchedStore } from "@/bench/millrace/watched-store";
import { newId } from "@/server/db/id";
import { definitionSchema, type Definition, type DefinitionInput } from "@/server/engine/definition";
import type { NewRun } from "@/server/engine/ports";
import { encodeValue } from "@/server/expressions/encoding";
import { WorkerWorld } from "@/server/testing/worker-world";
import type { WorkerSettings } from "@/server/worker/ports";
import { createWorker, type Worker } from "@/server/worker/worker";
import { hashDefinition } from "@/server/workflows/definition-hash";

export interface PublishedWorkflow {
  id: string;
  versionId: string;
}

export interface WorkerChoices {
  settings?: Partial<WorkerSettings>;
  slots?: number;
  pollMs?: number;
}

const CONNECTIONS = 8;
const LEASE_SECONDS = 30;

/** One workspace in a database of its own, with the store and a worker in this process, as a worker process has them. */
export class Installation {
  readonly #workers: Worker[] = [];
  readonly #world = new WorkerWorld();

  private constructor(
    readonly url: string,
    readonly workspaceId: string,
    readonly pool: pg.Pool,
    readonly store: WatchedStore,
    private readonly remove: () => Promise<void>,
  ) {}

  static async open(server: BenchServer): Promise<Installation> {
    const url = await server.newDatabase();
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, options: "-c plan_cache_mode=force_generic_plan" });
    pool.on("error", () => {});
    const [organizationId, workspaceId] = [newId(), newId()];
    await pool.query("INSERT INTO organization (id, name, slug) VALUES ($1, 'Bench', 'bench')", [organizationId]);
    await pool.query("INSERT INTO workspace (id, organization_id, name, slug) VALUES ($1, $2, 'Bench', 'bench')", [workspaceId, organizationId]);
    const store = new WatchedStore({ pool, listenUrl: url, leaseSeconds: LEASE_SECONDS });
    return new Installation(url, workspaceId, pool, store, () => server.dropDatabase(url));
  }

  /** A published workflow: the rows that every production run refers to. */
  async publish(name: string, document: DefinitionInput): Promise<PublishedWorkflow> {
    const definition = definitionSchema.parse(document);
    const [id, versionId] = [newId(), newId()];
    const text = JSON.stringify(definition);
    await this.pool.query("INSERT INTO workflow (id, workspace_id, name, slug, draft) VALUES ($1, $2, $3, $3, $4)", [id, this.workspaceId, name, text]);
    await this.pool.query(
      "INSERT INTO workflow_version (id, workspace_id, workflow_id, number, listed, definition, hash) VALUES ($1, $2, $3, 1, true, $4, $5)",
      [versionId, this.workspaceId, id, text, hashDefinition(definition)],
    );
    await this.pool.query("UPDATE workflow SET published_version_id = $2, published_at = now(), latest_number = 1 WHERE id = $1", [id, versionId]);
    return { id, versionId };
  }

  startWorker({ settings = {}, slots = 400, pollMs }: WorkerChoices = {}): Worker {
    const worker = createWorker({
      id: newId(),
      store: this.store,
      ports: { ...this.#world.ports, definition: (_workspaceId, versionId) => this.#definition(versionId) },
      slots,
      settings,
      leaseSeconds: LEASE_SECONDS,
      ...(pollMs === undefined ? {} : { pollMs }),
      report: (error) => {
        throw error;
      },
    });
    worker.start();
    this.#workers.push(worker);
    return worker;
  }

  newRun(workflow: PublishedWorkflow, input: unknown): NewRun {
    const id = newId();
    return {
      id,
      workspaceId: this.workspaceId,
      workflowId: workflow.id,
      versionId: workflow.versionId,
      mode: "production",
      pool: "default",
      priority: 0,
      input: encodeValue(input),
      trigger: null,
      triggerKind: "manual",
      parent: null,
      rootRunId: id,
      depth: 0,
      labels: {},
      options: {},
    };
  }

  /** Starts a run and answers its output once its end is durable. */
  async call(workflow: PublishedWorkflow, input: unknown): Promise<unknown> {
    const run = this.newRun(workflow, input);
    const finished = this.store.finished(run.id);
    await this.store.enqueue([run]);
    const { status, output, error } = await finished;
    if (status !== "succeeded") throw new Error(`the run ${status}: ${error ?? ""}`);
    return JSON.parse(output ?? "null");
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.stop();
    await this.store.close();
    await this.#world.close();
    await this.pool.end();
    await this.remove();
  }

  async #definition(versionId: string): Promise<Definition | null> {
    const { rows } = await this.pool.query<{ definition: unknown }>("SELECT definition FROM workflow_version WHERE id = $1", [versionId]);
    return rows[0] === undefined ? null : definitionSchema.parse(rows[0].definition);
  }
}
