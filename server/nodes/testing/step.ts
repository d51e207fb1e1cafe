import { compileTemplate } from "@/server/expressions/compile";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import type { ExpressionScope } from "@/server/expressions/references";
import type { ExpressionSandbox } from "@/server/expressions/sandbox-port";
import { SecretText } from "@/server/expressions/secret-text";
import { createGuard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import type { LlmAdapterRow, LlmRequestEntry } from "@/server/llm/adapter";
import { findKind, type RunnableKind } from "@/server/nodes/catalog";
import { checkConfig } from "@/server/nodes/check-config";
import { compileOptionsOf } from "@/server/nodes/config-fields";
import { RUNNERS } from "@/server/nodes/registry";
import type { NodeRunner, StepContext, StepResult } from "@/server/nodes/runner";
import type { ResolvedWorkflow, StepServices } from "@/server/nodes/services";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";

/** One step outside of any run: its config is evaluated and checked as the worker does it, its services are real or in memory. */
export interface StepBench {
  run(kind: RunnableKind, config: Record<string, unknown>, more?: StepOptions): Promise<StepResult>;
  resume(kind: RunnableKind, config: Record<string, unknown>, resume: NonNullable<StepContext<unknown>["resume"]>): Promise<StepResult>;
  logs: { level: string; message: string; fields?: Record<string, unknown> }[];
  streamed: string[];
  requests: LlmRequestEntry[];
  files: Map<string, Uint8Array>;
  adapters: Map<string, LlmAdapterRow>;
  workflows: Map<string, ResolvedWorkflow>;
  secrets: Record<string, string>;
  close(): Promise<void>;
}

export interface StepOptions {
  scope?: ExpressionScope;
  attempt?: number;
  depth?: number;
  taken?: Record<string, unknown>;
  signal?: AbortSignal;
  /** Told of each piece that is streamed. */
  heard?: (piece: string) => void;
}

export const NOW = Date.UTC(2026, 0, 31, 12);

export function createStepBench(options: { allow?: string[]; baseUrl?: string } = {}): StepBench {
  const sandbox = createSandboxPool({ threads: 1 });
  const http = createHttpClient({ guard: createGuard({ allow: options.allow ?? [] }), baseUrl: options.baseUrl ?? "http://installation.invalid" });
  const bench: Omit<StepBench, "run" | "resume" | "close"> = {
    logs: [],
    streamed: [],
    requests: [],
    files: new Map(),
    adapters: new Map(),
    workflows: new Map(),
    secrets: {},
  };
  const services = servicesOf(bench, sandbox, http);
  const start = async (kind: RunnableKind, config: Record<string, unknown>, more: StepOptions, resume?: StepContext<unknown>["resume"]): Promise<StepResult> => {
    const runner: NodeRunner = RUNNERS[kind];
    const checked = await evaluateConfig(kind, config, more.scope ?? {}, sandbox);
    if (!checked.ok) return { type: "failed", error: checked.error, retryable: false };
    const ctx = contextOf(bench, services, sandbox, checked.config, more);
    if (resume === undefined) return runner.run(ctx);
    if (runner.resume === undefined) throw new Error(`${kind} cannot be resumed`);
    return runner.resume({ ...ctx, resume });
  };
  return {
    ...bench,
    run: (kind, config, more = {}) => start(kind, config, more),
    resume: (kind, config, resume) => start(kind, config, {}, resume),
    close: async () => {
      await Promise.all([sandbox.close(), http.close()]);
    },
  };
}

async function evaluateConfig(kind: RunnableKind, config: Record<string, unknown>, scope: ExpressionScope, sandbox: ExpressionSandbox) {
  const spec = findKind(kind);
  if (spec === null) throw new Error(`no kind ${kind}`);
  const compiled = compileTemplate(config, compileOptionsOf(spec));
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  const evaluated = await evaluateTemplate(compiled.template, scope, { sandbox, seed: "test", nowMs: NOW });
  if (!evaluated.ok) throw new Error(evaluated.error.message);
  return checkConfig(spec, evaluated.value);
}

type Recorded = Omit<StepBench, "run" | "resume" | "close">;

function servicesOf(bench: Recorded, sandbox: SandboxPool, http: StepServices["http"]): StepServices {
  return {
    sandbox,
    http,
    llm: {
      findAdapter: (_workspaceId, name) => Promise.resolve(bench.adapters.get(name) ?? null),
      recordRequest: (entry) => Promise.resolve(void bench.requests.push(entry)),
    },
    files: {
      save({ name, mediaType, data }) {
        const id = `file-${bench.files.size + 1}`;
        bench.files.set(id, data);
        return Promise.resolve({ $file: { id, name, mediaType, size: data.length } });
      },
      read: (_workspaceId, id) => Promise.resolve(bench.files.get(id) ?? null),
    },
    workflows: { resolve: ({ workflow, version }) => Promise.resolve(bench.workflows.get(`${workflow}@${version}`) ?? null) },
    modules: { resolve: ({ module, version }) => Promise.resolve(bench.workflows.get(`${module}@${version}`) ?? null) },
    limits: { subworkflowDepth: 3 },
  };
}

function contextOf(bench: Recorded, services: StepServices, sandbox: ExpressionSandbox, config: unknown, more: StepOptions): StepContext<unknown> {
  const { scope = {}, attempt = 1, depth = 0, taken = {}, signal = new AbortController().signal } = more;
  return {
    config,
    nodeId: "step",
    path: "step",
    attempt,
    childRunId: `child-${attempt}`,
    run: { id: "run", workspaceId: "workspace", workflowId: "workflow", mode: "test", createdAt: NOW, startedAt: NOW, depth, rootRunId: "run", labels: {}, environment: null },
    idempotencyKey: "run:step",
    input: scope.input ?? null,
    trigger: scope.trigger ?? null,
    now: NOW,
    taken,
    signal,
    lastCheckpoint: null,
    checkpoint: () => Promise.resolve(),
    log: (level, message, fields) => void bench.logs.push({ level, message, ...(fields === undefined ? {} : { fields }) }),
    stream: (chunk) => {
      bench.streamed.push(chunk);
      more.heard?.(chunk);
    },
    progress: () => undefined,
    secret: (text) => Promise.resolve(text instanceof SecretText ? text.reveal((name) => secretNamed(bench, name)) : text),
    ownToken: () => Promise.resolve("mrt_of-the-run"),
    redact: (value) => redacted(bench, value),
    evaluate: (template, extra) => evaluateLater(template, { ...scope, ...extra }, Object.keys(extra), sandbox),
    services,
  };
}

async function evaluateLater(template: unknown, scope: ExpressionScope, extraNames: string[], sandbox: ExpressionSandbox): Promise<unknown> {
  const compiled = compileTemplate(template, { extraNames });
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  const evaluated = await evaluateTemplate(compiled.template, scope, { sandbox, seed: "test", nowMs: NOW });
  if (!evaluated.ok) throw new Error(evaluated.error.message);
  return evaluated.value;
}

function secretNamed({ secrets }: Recorded, name: string): string {
  const value = secrets[name];
  if (value === undefined) throw new Error(`there is no secret ${name}`);
  return value;
}

function redacted<Value>({ secrets }: Recorded, value: Value): Value {
  const text = Object.values(secrets).reduce((all, secret) => all.replaceAll(secret, "[secret]"), JSON.stringify(value));
  return JSON.parse(text) as Value;
}
