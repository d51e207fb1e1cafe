import { z } from "zod";
import { v7 } from "uuid";
import { definitionSchema, type Definition, type DefinitionInput } from "@/server/engine/definition";
import type { NewRun } from "@/server/engine/ports";
import { encodeValue } from "@/server/expressions/encoding";
import { findKind } from "@/server/nodes/catalog";
import type { KindSpec } from "@/server/nodes/kind";
import { findRunner } from "@/server/nodes/registry";
import type { NodeRunner, StepContext, StepResult } from "@/server/nodes/runner";
import type { StepServices } from "@/server/nodes/services";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";
import { createRedactor } from "@/server/secrets/redactor";
import type { KindSource } from "@/server/worker/compiled-workflow";
import { newRun } from "@/server/testing/new-run";
import type { WorkerPorts } from "@/server/worker/ports";

const probeConfig = z.object({ call: z.string().default("echo"), value: z.unknown().optional() });
export type ProbeConfig = z.output<typeof probeConfig>;
export type Probe = (ctx: StepContext<ProbeConfig>) => StepResult | Promise<StepResult>;

const probeSpec: KindSpec<ProbeConfig> = {
  kind: "probe",
  version: 1,
  role: "task",
  title: "Probe",
  summary: "Calls a function of the test.",
  group: "Flow",
  icon: "bug",
  config: probeConfig,
  ports: () => ["out"],
  secretFields: ["/value"],
};

/** Everything a worker needs besides the store, in memory, with a node kind `probe` (and `probe.once`) whose behaviour a test defines. */
export class WorkerWorld {
  workspaceId = v7();
  /** The workflow that sub-workflow runs belong to. */
  workflowId = v7();
  readonly definitions = new Map<string, Definition>();
  readonly workflows = new Map<string, string>();
  readonly probes = new Map<string, Probe>([["echo", ({ config }) => ({ type: "succeeded", output: config.value ?? null })]]);
  readonly secrets = new Map<string, string>();
  readonly blobs = new Map<string, string>();
  readonly cache = new Map<string, { output: string; port: string }>();
  variables: Record<string, unknown> = {};
  readonly ports: WorkerPorts;
  readonly #sandbox: SandboxPool;

  constructor() {
    this.#sandbox = createSandboxPool({ threads: 1 });
    this.ports = this.#ports();
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  /** Makes a version of the definition; with a name it can be called as a sub-workflow. */
  define(input: DefinitionInput, name?: string): string {
    const versionId = v7();
    this.definitions.set(versionId, definitionSchema.parse(input));
    if (name !== undefined) this.workflows.set(name, versionId);
    return versionId;
  }

  newRun(versionId: string, input: unknown = {}, more: Partial<NewRun> = {}): NewRun {
    return newRun({ workspaceId: this.workspaceId, versionId, input: encodeValue(input), ...more });
  }

  #ports(): WorkerPorts {
    return {
      kinds: this.#kinds(),
      sandbox: this.#sandbox,
      services: this.#services(),
      definition: async (_workspaceId, versionId) => this.definitions.get(versionId) ?? null,
      variables: async () => this.variables,
      workspace: async (id) => ({ id, slug: "test", name: "Test", baseUrl: "http://localhost" }),
      identity: { ask: async () => "yes", ofChild: async () => null, isOwnFile: async () => true, issueToken: async () => ({ token: "mrt_of-the-run" }), endTokens: async () => {} },
      secrets: {
        resolve: async (_workspaceId, _runId, names) => new Map(names.flatMap((name) => (this.secrets.has(name) ? [[name, this.secrets.get(name) ?? ""]] : []))),
        redactor: createRedactor,
      },
      cache: {
        get: async (key) => this.cache.get(JSON.stringify(key)) ?? null,
        put: async (key, { output, port }) => void this.cache.set(JSON.stringify(key), { output, port }),
      },
      blobs: {
        put: async (_workspaceId, _runId, text) => {
          const id = v7();
          this.blobs.set(id, text);
          return id;
        },
        get: async (_workspaceId, id) => this.blobs.get(id) ?? "null",
        share: async (_workspaceId, _runId, ids) => ids.every((id) => this.blobs.has(id)),
      },
    };
  }

  #kinds(): KindSource {
    const probe: NodeRunner<ProbeConfig> = {
      effect: "effect",
      run: (ctx) => this.#probe(ctx),
      resume: (ctx) => this.#probe(ctx),
    };
    const runners: Record<string, NodeRunner<never>> = { probe, "probe.once": { ...probe, onWorkerLost: "fail" } };
    return {
      spec: (kind) => (kind in runners ? probeSpec : (findKind(kind) ?? undefined)) as KindSpec<unknown> | undefined,
      runner: (kind) => (runners[kind] ?? findRunner(kind) ?? undefined) as NodeRunner | undefined,
    };
  }

  #probe(ctx: StepContext<ProbeConfig>): StepResult | Promise<StepResult> {
    const probe = this.probes.get(ctx.config.call);
    if (probe === undefined) throw new Error(`the test has no probe ${ctx.config.call}`);
    return probe(ctx);
  }

  #services(): StepServices {
    const none = (): never => {
      throw new Error("this service is not part of the test");
    };
    return {
      sandbox: this.#sandbox,
      http: { send: none, fetch: none, close: async () => {} },
      llm: { findAdapter: none, recordRequest: none },
      files: { save: none, read: none },
      workflows: {
        resolve: async ({ workflow }) => {
          const versionId = this.workflows.get(workflow);
          return versionId === undefined ? null : { workflowId: this.workflowId, versionId, number: 1, name: workflow, settings: this.definitions.get(versionId)?.settings ?? {} };
        },
      },
      modules: {
        resolve: async ({ module }) => {
          const versionId = this.workflows.get(module);
          return versionId === undefined ? null : { versionId };
        },
      },
      limits: { subworkflowDepth: 16 },
    };
  }
}

/** A promise and its end, for probes that wait for the test. */
export class Gate<T = void> {
  open: (value: T) => void = () => {};
  readonly opened = new Promise<T>((resolve) => (this.open = resolve));
}
