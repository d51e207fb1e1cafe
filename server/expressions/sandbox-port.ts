import type { ExpressionErrorCode } from "@/server/expressions/expression-error";
import type { ExpressionScope } from "@/server/expressions/references";

export interface SandboxError {
  code: ExpressionErrorCode;
  message: string;
  /** Line in the user's source, from 1. */
  line?: number;
  stack?: string;
}

export interface SandboxLog {
  level: "debug" | "info" | "warn" | "error";
  message: string;
}

export interface SandboxLimits {
  /** Those who wait take turns by owner: the workspace. */
  owner?: string;
  timeoutMs?: number;
  memoryMb?: number;
}

/** What makes an evaluation repeatable: everything random follows from the seed, every clock shows `nowMs`. */
export interface Determinism {
  seed: string;
  nowMs: number;
}

export interface ExpressionRequest extends Determinism, SandboxLimits {
  /** Each is evaluated with its own copy of what it reads of the scope; later ones are left out after a failure. */
  expressions: readonly { source: string; seed: string; paths: readonly (readonly string[])[] }[];
  scope: ExpressionScope;
}

export type SandboxOutcome = { ok: true; value: unknown } | { ok: false; error: SandboxError };

/** Where expressions are evaluated that need a JavaScript engine. */
export interface ExpressionSandbox {
  evaluateExpressions(request: ExpressionRequest): Promise<SandboxOutcome[]>;
}
