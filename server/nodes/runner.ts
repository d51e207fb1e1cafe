import type { Resumption, WaitSpec } from "@/server/engine/events";
import type { SecretText } from "@/server/expressions/secret-text";
import type { StepServices } from "./services";
import type { StepError } from "./step-error";
import type { ChildDetail } from "./wait-details";

export type { StepError } from "./step-error";

export type StepResult =
  /** `child`: a detached run under `childRunId`, made in the transaction that stores this result. */
  | { type: "succeeded"; output: unknown; port?: string; child?: ChildDetail }
  /** `retryAfterSeconds`: the other side asks not to be called again before. */
  | { type: "failed"; error: StepError; retryable: boolean; retryAfterSeconds?: number }
  | { type: "waiting"; wait: WaitSpec };

export interface StepRunInfo {
  id: string;
  workspaceId: string;
  workflowId: string | null;
  mode: "production" | "test";
  createdAt: number;
  startedAt: number;
  depth: number;
  rootRunId: string;
  labels: Record<string, string>;
  /** Name for programs of its environment; null: the workspace has none. */
  environment: string | null;
}

/** What a runner sees of one attempt. `config` is evaluated and has passed the kind's zod schema. */
export interface StepContext<Config> {
  config: Config;
  nodeId: string;
  path: string;
  attempt: number;
  /** Id of the run that this attempt would start; the same however often the attempt is repeated. */
  childRunId: string;
  run: StepRunInfo;
  /** Run id and path: the same for every attempt; sent outside where the other side supports it. */
  idempotencyKey: string;
  /** The run's input and the event that started it. */
  input: unknown;
  trigger: unknown;
  /** Step's start, milliseconds since 1970; also `now` of its expressions. */
  now: number;
  /** Outputs of the taken incoming edges' sources, by node id (joins, sinks of branches). */
  taken: Record<string, unknown>;
  /** Aborted on cancel, timeout, loss of the lease and drain. */
  signal: AbortSignal;
  resume?: { resumption: Resumption; payload: unknown };
  lastCheckpoint: unknown;
  checkpoint(value: unknown): Promise<void>;
  log(level: "debug" | "info" | "warn" | "error", message: string, fields?: Record<string, unknown>): void;
  /** Live text for the run page (LLM tokens); not stored, the result is. */
  stream(chunk: string): void;
  progress(done: number, total?: number, text?: string): void;
  /**
   * The text of a secret field with its tokens replaced; the values are redacted wherever the step writes. A plain string is
   * answered as it is: it may come from outside and is never read as a template. Throws when a secret does not exist.
   */
  secret(text: string | SecretText): Promise<string>;
  /**
   * A token for calls of this installation's own API at `url`, for what of the permissions the run may do; the same throughout the
   * attempt, and void once that has ended. Redacted like a secret.
   */
  ownToken(permissions: readonly string[], url: string): Promise<string>;
  /** The value with every secret that this step has revealed replaced, for what a runner stores elsewhere. */
  redact<Value>(value: Value): Value;
  /** Evaluates a deferred config expression (pagination `until` …) with extra variables over the step's own scope. */
  evaluate(template: unknown, extra: Record<string, unknown>): Promise<unknown>;
  services: StepServices;
}

/**
 * `deterministic` steps touch nothing outside and may chain in memory before one flush;
 * `effect` steps have a `started` row before they begin.
 */
export interface NodeRunner<Config = unknown> {
  effect: "deterministic" | "effect";
  /** What becomes of a step whose worker vanished: default retry. */
  onWorkerLost?: "retry" | "fail";
  run(ctx: StepContext<Config>): StepResult | Promise<StepResult>;
  /** Goes on after a wait; required of kinds that wait. */
  resume?(ctx: StepContext<Config>): StepResult | Promise<StepResult>;
}
