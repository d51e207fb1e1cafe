import type { Pool } from "pg";
import { WatchedStore } from "@/bench/millrace/watched-store";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { definitionSchema, type DefinitionInput } from "@/server/engine/definition";
import type { NewRun } from "@/server/engine/ports";
import { env } from "@/server/env";
import { encodeValue } from "@/server/expressions/encoding";
import { createQueuePool } from "@/server/queue/queue-pool";
import { openInstallationPorts } from "@/server/worker/installation-ports";
import { newRun } from "@/server/testing/new-run";
import { createWorker, type Worker, type WorkerOptions } from "@/server/worker/worker";
import { hashDefinition } from "@/server/workflows/definition-hash";

export interface PublishedWorkflow {
  id: string;
  versionId: string;
}

const QUEUE_CONNECTIONS = 6;

/** A workspace in the database that this process was given, and what a worker process is made of. */
export class Installation {
  readonly #workers: Worker[] = [];
  readonly #ports = openInstallationPorts();
  readonly #failures: unknown[] = [];

  private constructor(
    readonly workspaceId: string,
    readonly pool: Pool,
    readonly store: WatchedStore,
  ) {}

  static async open(): Promise<Installation> {
    const pool = createQueuePool({ max: QUEUE_CONNECTIONS });
    const [organizationId, workspaceId] = [newId(), newId()];
    await pool.query("INSERT INTO organization (id, name, slug) VALUES ($1, 'Bench', $2)", [organizationId, organizationId]);
    await pool.query("INSERT INTO workspace (id, organization_id, name, slug) VALUES ($1, $2, 'Bench', $3)", [workspaceId, organizationId, workspaceId]);
    const store = new WatchedStore({ pool, listenUrl: env.DATABASE_DIRECT_URL, leaseSeconds: env.LEASE_SECONDS });
    return new Installation(workspaceId, pool, store);
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

  startWorker(options: Partial<WorkerOptions> = {}): Worker {
    const worker = createWorker({
      id: newId(),
      store: this.store,
      ports: this.#ports,
      slots: env.WORKER_SLOTS,
      leaseSeconds: env.LEASE_SECONDS,
      report: (error) => this.#failures.push(error),
      ...options,
    });
    worker.start();
    this.#workers.push(worker);
    return worker;
  }

  newRun(workflow: PublishedWorkflow, input: unknown): NewRun {
    return newRun({ workspaceId: this.workspaceId, workflowId: workflow.id, versionId: workflow.versionId, input: encodeValue(input) });
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

  /** Prints what was measured, closes everything and ends the process. Whatever a worker had to report makes the measurement void. */
  async finish(measured: unknown): Promise<never> {
    for (const worker of this.#workers) await worker.stop();
    await this.store.close();
    await this.#ports.close();
    await this.pool.end();
    await closeConnections();
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "the worker reported failures");
    console.log(JSON.stringify(measured));
    process.exit(0);
  }
}
