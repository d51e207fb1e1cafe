import type { SandboxError, SandboxLog } from "@/server/expressions/sandbox-port";

export type { SandboxError, SandboxLog } from "@/server/expressions/sandbox-port";

/** What the pool sends to a thread. Values travel as encoded text. */
export interface SandboxThreadRequest {
  kind: "expression" | "code";
  /** Expressions share a context but not values: each gets its own copy of its scope. */
  programs: { source: string; seed: string; scope: number }[];
  /** The scopes that programs point to by index. */
  scopeTexts: string[];
  /** Names of the program's parameters, read from the scope. */
  roots: string[];
  /** Names the source in stack traces. */
  fileName: string;
  nowMs: number;
  timeoutMs: number;
  memoryBytes: number;
  maxOutputCharacters: number;
}

export type SandboxThreadResult = { ok: true; text: string } | { ok: false; error: SandboxError };

export type SandboxThreadResponse =
  | { type: "ready" }
  | {
      type: "answer";
      /** One per program run; the last may be a failure. */
      results: SandboxThreadResult[];
      logs: SandboxLog[];
      droppedLogs: number;
      /** Whether the thread can take another request, is making a new instance, or must not be used again. */
      next: "ready" | "wait" | "discard";
    };
