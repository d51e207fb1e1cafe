import { decodeValue } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import { SecretText } from "@/server/expressions/secret-text";
import { compileTemplate } from "@/server/expressions/compile";
import type { StepContext, StepRunInfo } from "@/server/nodes/runner";
import type { StepServices } from "@/server/nodes/services";
import type { Attempt, AttemptHost } from "@/server/worker/attempt";
import { childRunIdOf } from "@/server/worker/child-run-id";
import type { RunContext } from "@/server/worker/run-context";
import { site } from "@/server/worker/step-end";

/** What the runner of one attempt sees. What few runners look at is made when they do. */
export class AttemptContext implements StepContext<unknown> {
  resume?: StepContext<unknown>["resume"];

  constructor(
    private readonly context: RunContext,
    private readonly host: AttemptHost,
    private readonly attemptOf: Attempt,
    readonly config: unknown,
    readonly taken: Record<string, unknown>,
  ) {}

  get nodeId(): string {
    return this.attemptOf.node.node.id;
  }

  get path(): string {
    return this.attemptOf.path;
  }

  get attempt(): number {
    return this.attemptOf.number;
  }

  get childRunId(): string {
    return childRunIdOf(this.run.id, this.path, this.attempt);
  }

  get run(): StepRunInfo {
    return this.context.info;
  }

  get idempotencyKey(): string {
    return `${this.run.id}:${this.path}`;
  }

  get input(): unknown {
    return this.context.input();
  }

  get trigger(): unknown {
    return this.context.trigger();
  }

  get now(): number {
    return this.attemptOf.startedAt;
  }

  get signal(): AbortSignal {
    return this.attemptOf.abort.signal;
  }

  get services(): StepServices {
    return this.context.worker.ports.services;
  }

  get lastCheckpoint(): unknown {
    const { checkpoint } = this.attemptOf;
    return checkpoint === null ? null : decodeValue(checkpoint);
  }

  checkpoint = (value: unknown): Promise<void> => this.host.checkpoint(this.attemptOf, encodeValue(this.context.redaction.value(value)));

  log = (level: "debug" | "info" | "warn" | "error", message: string, fields?: Record<string, unknown>): void => {
    this.host.log(this.attemptOf, level, message, fields);
  };

  stream = (chunk: string): void => this.host.stream(this.attemptOf, this.context.redaction.text(chunk));

  progress = (done: number, total?: number, text?: string): void => {
    this.host.progress(this.attemptOf, { done, ...(total === undefined ? {} : { total }), ...(text === undefined ? {} : { text: this.context.redaction.text(text) }) });
  };

  secret = (text: string | SecretText): Promise<string> => {
    return text instanceof SecretText ? this.context.redaction.reveal(text) : Promise.resolve(text);
  };

  redact = <Value>(value: Value): Value => this.context.redaction.value(value);

  evaluate = async (template: unknown, extra: Record<string, unknown>): Promise<unknown> => {
    const { node, path, number, startedAt } = this.attemptOf;
    const result = compileTemplate(template, { extraNames: Object.keys(extra) });
    return this.context.evaluator.evaluate({ field: "/config", result }, { ...site(path, node, number, startedAt), overlay: extra });
  };
}
