import { StoreRefusedError } from "@/server/engine/ports";
import { EncodingError } from "@/server/expressions/encoding";
import type { ExpressionError } from "@/server/expressions/expression-error";
import type { StepError } from "@/server/nodes/runner";

/** Ends an attempt or an evaluation; carries the error as it will be stored. Never leaves the worker. */
export class StepFailure extends Error {
  override name = "StepFailure";

  constructor(
    readonly error: StepError,
    readonly retryable = false,
    options?: ErrorOptions,
    /** A further attempt makes no sense earlier, milliseconds since 1970. */
    readonly notBefore?: number,
  ) {
    super(error.message, options);
  }
}

/** The lease is gone: whatever is under way for the run ends without a trace. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
}

/** Failures of the sandbox that say as much about the machine as about the expression. */
const MAY_PASS: readonly string[] = ["timeout", "memory", "unavailable"];

export function expressionFailure(error: ExpressionError, field: string): StepFailure {
  const { code, message, expression, path, position } = error;
  const failure = {
    code: code === "threw" || code === "syntax" ? "expression_error" : `expression_${code}`,
    message: `${message} in {{ ${expression.trim()} }}`,
    field: field + path,
    details: { expression, position },
  };
  return new StepFailure(failure, MAY_PASS.includes(code));
}

/** What is stored of anything a runner or evaluation threw. */
export function toFailure(thrown: unknown): StepFailure {
  if (thrown instanceof StepFailure) return thrown;
  // No step's failure.
  if (thrown instanceof StoreRefusedError) throw thrown;
  if (thrown instanceof EncodingError) return new StepFailure({ code: "unstorable_value", message: thrown.message, field: thrown.path });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = isCoded(thrown) ? thrown.code : "unexpected_error";
  return new StepFailure({ code, message: message === "" ? code : message }, true, { cause: thrown });
}

function isCoded(thrown: unknown): thrown is { code: string } {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string" && /^[a-z][a-z0-9_]*$/.test(thrown.code);
}

/** Adds which node and where to an error that does not say so itself. */
export function placed(error: StepError, nodeId: string | null, path: string): StepError {
  return { ...error, ...(error.nodeId === undefined && nodeId !== null ? { nodeId } : {}), ...(error.path === undefined ? { path } : {}) };
}
