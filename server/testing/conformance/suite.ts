import type { DefinitionInput } from "@/server/engine/definition";
import type { NewRun, RunStore } from "@/server/engine/ports";
import { decodeValue } from "@/server/expressions/decoding";
import { createWorker, type Worker, type WorkerOptions } from "@/server/worker/worker";
import { v7 } from "uuid";
import { type WorkerWorld } from "@/server/testing/worker-world";

export interface RunOutcome {
  status: "succeeded" | "failed" | "cancelled";
  output: string | null;
  error: string | null;
}

export interface StepRow {
  path: string;
  attempt: number;
  status: string;
  input: string | null;
  output: string | null;
  error: string | null;
}

/** What the suite needs to see of an implementation besides the port. */
export interface StoreHarness {
  store: RunStore;
  /** Where runs belong, if the store insists that it exists. */
  home?: { workspaceId: string; workflowId: string };
  /** As if the holder of the runs had been silent for longer than its lease; of those that are held. */
  expire(...runIds: string[]): Promise<void>;
  /** As if the runs had been claimed so long ago; of those that are held. */
  heldSince(seconds: number, ...runIds: string[]): Promise<void>;
  /** From now on the store does not take that a step of the run has succeeded, as if a right were missing; until the answer is called. */
  refuse(runId: string): Promise<() => Promise<void>>;
  /** Null while the run is unfinished. */
  outcome(runId: string): Promise<RunOutcome | null>;
  steps(runId: string): Promise<StepRow[]>;
  logs(runId: string): Promise<{ path: string; level: string; message: string; fields?: string | null }[]>;
  waits(runId: string): Promise<{ path: string; status: string }[]>;
  /** Ids of the runs it has started. */
  children(runId: string): Promise<string[]>;
  /** Status as people see it. */
  state(runId: string): Promise<string>;
  close(): Promise<void>;
}

/** The suite's tools in one test file. */
export class Conformance {
  world!: WorkerWorld;
  harness!: StoreHarness;
  readonly #workers: Worker[] = [];

  get store(): RunStore {
    return this.harness.store;
  }

  /** Whoever leaves memory does so with a snapshot, and what works has one every few records. */
  worker(options: Partial<WorkerOptions> = {}): Worker {
    const worker = createWorker({ id: v7(), store: this.store, ports: this.world.ports, pollMs: 50, drainSeconds: 2, leaseSeconds: 6, ...options, settings: { snapshotFromSeq: 0, snapshotEvery: 10, ...options.settings } });
    worker.start();
    this.#workers.push(worker);
    return worker;
  }

  async stopWorkers(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
  }

  async enqueue(definition: DefinitionInput, input: unknown = {}, more: Partial<NewRun> = {}): Promise<string> {
    const run = this.world.newRun(this.world.define(definition), input, more);
    await this.store.enqueue([run]);
    return run.id;
  }

  /** Runs a definition to its end on a worker of its own. */
  async run(definition: DefinitionInput, input: unknown = {}, more: Partial<NewRun> = {}, options: Partial<WorkerOptions> = {}): Promise<Finished> {
    this.worker(options);
    const id = await this.enqueue(definition, input, more);
    return this.finished(id);
  }

  async finished(id: string): Promise<Finished> {
    const outcome = await until(`run ${id} to end`, () => this.harness.outcome(id));
    const steps = await this.harness.steps(id);
    const decode = (text: string | null): unknown => (text === null ? null : decodeValue(text));
    return {
      id,
      status: outcome.status,
      output: decode(outcome.output),
      error: decode(outcome.error) as Finished["error"],
      steps: Object.fromEntries(steps.map((row) => [row.attempt === 1 ? row.path : `${row.path}#${row.attempt}`, row.status])),
      value: (path, what = "output", attempt = 1) => decode(steps.find((row) => row.path === path && row.attempt === attempt)?.[what] ?? null),
    };
  }

  untilState(id: string, state: string): Promise<boolean> {
    return until(`run ${id} to be ${state}`, async () => ((await this.harness.state(id)) === state ? true : null));
  }
}

export interface Finished {
  id: string;
  status: RunOutcome["status"];
  output: unknown;
  error: { code: string; message: string; nodeId?: string; path?: string; field?: string } | null;
  /** Status by path, `path#2` for later attempts. */
  steps: Record<string, string>;
  value(path: string, what?: "input" | "output" | "error", attempt?: number): unknown;
}

const PATIENCE_MS = 120_000;

/** Asks again until there is an answer. */
export async function until<T>(what: string, ask: () => T | null | undefined | Promise<T | null | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
