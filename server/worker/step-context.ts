import { encodeValue } from "@/server/expressions/encoding";
import { SecretText } from "@/server/expressions/secret-text";
import { compileTemplate } from "@/server/expressions/compile";
import type { StepContext, StepRunInfo } from "@/server/nodes/runner";
import type { StepServices } from "@/server/nodes/services";
import type { Attempt, AttemptHost } from "@/server/worker/attempt";
import { childRunIdOf } from "@/server/worker/child-run-id";
import { endOwnToken, ownTokenOf } from "@/server/worker/own-token";
import type { RunContext } from "@/server/worker/run-context";
import { site } from "@/server/worker/step-end";

/** What the runner of one attempt sees. What few runners look at is made when they do. */
export class AttemptContext implements StepContext<unknown> {
  resume?: StepContext<unknown>["resume"];
  /** Streamed, and perhaps the beginning of a secret. */
  #held = "";
  #token: Promise<string> | undefined;

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
    return this.context.services;
  }

  get lastCheckpoint(): unknown {
    const { checkpoint } = this.attemptOf;
    return checkpoint === null ? null : checkpoint.value;
  }

  /** Whoever is told to stop may still hand over what came before. */
  get #isStopped(): boolean {
    return this.attemptOf.abort.kind !== undefined;
  }

  // Runners take these out of the context by name, so each is a function of its own, made when it is taken.
  get checkpoint(): StepContext<unknown>["checkpoint"] {
    return (value) => this.host.checkpoint(this.attemptOf, encodeValue(this.context.redaction.value(value)));
  }

  get log(): StepContext<unknown>["log"] {
    return (level, message, fields) => this.host.log(this.attemptOf, level, message, fields);
  }

  get stream(): StepContext<unknown>["stream"] {
    return (chunk) => {
      if (this.#isStopped) return;
      const { text, rest } = this.context.redaction.piece(this.#held + chunk);
      this.#held = rest;
      if (text !== "") this.host.stream(this.attemptOf, text);
    };
  }

  get progress(): StepContext<unknown>["progress"] {
    return (done, total, text) => {
      const value = { done, ...(total === undefined ? {} : { total }), ...(text === undefined ? {} : { text: this.context.redaction.text(text) }) };
      this.host.progress(this.attemptOf, value);
    };
  }

  get secret(): StepContext<unknown>["secret"] {
    return (text) => (text instanceof SecretText ? this.context.redaction.reveal(text) : Promise.resolve(text));
  }

  get ownToken(): StepContext<unknown>["ownToken"] {
    return (permissions, url) => (this.#token ??= ownTokenOf(this.context, this.attemptOf, permissions, url));
  }

  /** The attempt is over: nothing more comes of what it streamed, and its token is void. */
  async close(): Promise<void> {
    if (this.#held !== "" && !this.#isStopped) this.host.stream(this.attemptOf, this.context.redaction.text(this.#held));
    this.#held = "";
    if (this.#token !== undefined) await endOwnToken(this.context, this.attemptOf);
  }

  get redact(): StepContext<unknown>["redact"] {
    return (value) => this.context.redaction.value(value);
  }

  get evaluate(): StepContext<unknown>["evaluate"] {
    return async (template, extra) => {
      const { node, path, number, startedAt } = this.attemptOf;
      const result = compileTemplate(template, { extraNames: Object.keys(extra) });
      return this.context.evaluator.evaluate({ field: "/config", result }, { ...site(path, node, number, startedAt), overlay: extra });
    };
  }
}
