import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { decodeUntrusted } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import type { ExpressionScope } from "@/server/expressions/references";
import { DomainError } from "@/server/errors/domain-error";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";
import type { previewInput, previewOutput } from "./contract";

const TIMEOUT_MS = 500;
const MEMORY_MB = 32;
/** Previews of one web process at the same time; the next one is asked again when somebody types on. */
const WAITING_MAX = 8;

let pool: SandboxPool | undefined;
let waiting = 0;

/** What expressions yield with the values that the page has: for a look, nothing is stored. */
export async function preview(_context: { scope: Scope }, { expressions, scope, nowMs }: z.output<typeof previewInput>): Promise<z.output<typeof previewOutput>> {
  const values = readScope(scope);
  if (waiting >= WAITING_MAX) throw new DomainError("rate_limited", { retryAfterSeconds: 1 });
  waiting += 1;
  try {
    pool ??= createSandboxPool({ threads: 1, maxOutputCharacters: 1_000_000 });
    const outcomes = await pool.evaluateExpressions({
      expressions: expressions.map(({ source, paths }) => ({ source, paths, seed: "preview" })),
      scope: values, seed: "preview", nowMs, timeoutMs: TIMEOUT_MS, memoryMb: MEMORY_MB,
    });
    return outcomes.map((outcome) => (outcome.ok ? { ok: true, value: encodeValue(outcome.value) } : { ok: false, code: outcome.error.code, message: outcome.error.message }));
  } finally {
    waiting -= 1;
  }
}

function readScope(text: string): ExpressionScope {
  try {
    const value = decodeUntrusted(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new DomainError("invalid_input", { field: "scope", reason: "is no encoded value" }, { cause: error });
  }
  throw new DomainError("invalid_input", { field: "scope", reason: "must be an object" });
}
