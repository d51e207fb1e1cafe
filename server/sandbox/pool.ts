import { encodeValue } from "@/server/expressions/encoding";
import { findReferencesInCode } from "@/server/expressions/code-references";
import { pickPaths } from "@/server/expressions/pick-paths";
import { SCOPE_ROOTS, type ExpressionScope } from "@/server/expressions/references";
import type { Determinism, ExpressionRequest, ExpressionSandbox, SandboxLimits, SandboxOutcome } from "@/server/expressions/sandbox-port";
import { parseWholeExpression } from "@/server/expressions/parse-expression";
import { readResult } from "@/server/sandbox/read-result";
import type { SandboxError, SandboxLog, SandboxThreadRequest } from "@/server/sandbox/protocol";
import { ThreadQueue } from "@/server/sandbox/thread-queue";

export interface SandboxOptions {
  /** Evaluations of expressions at the same time, and as many of code for one workspace; each thread is started when first needed. */
  threads?: number;
  /** Hard cap of a thread's WebAssembly memory. */
  wasmMemoryMb?: number;
  /** Limits of a request that names none. */
  expressionTimeoutMs?: number;
  codeTimeoutMs?: number;
  memoryMb?: number;
  maxOutputCharacters?: number;
}

export interface CodeRequest extends Determinism, SandboxLimits {
  /** The workspace: threads are shared fairly between owners. */
  owner: string;
  /** The body of an async function: it answers with `return`. */
  source: string;
  /** Values the code may read by name; only those it mentions are copied. */
  scope: Readonly<Record<string, unknown>>;
  /** Ends the code, wherever it is. */
  signal?: AbortSignal;
}

export type CodeOutcome = SandboxOutcome & { logs: SandboxLog[]; droppedLogs: number };

export interface SandboxPool extends ExpressionSandbox {
  /** One expression's source, without braces. */
  evaluate(request: Determinism & SandboxLimits & { expression: string; scope: ExpressionScope }): Promise<SandboxOutcome>;
  runCode(request: CodeRequest): Promise<CodeOutcome>;
  close(): Promise<void>;
}

const DEFAULTS = {
  threads: 2,
  wasmMemoryMb: 160,
  expressionTimeoutMs: 2_000,
  codeTimeoutMs: 10_000,
  memoryMb: 64,
  maxOutputCharacters: 16 * 1024 * 1024,
} satisfies Required<SandboxOptions>;

/** What QuickJS itself and the copies of texts need of a thread's memory. */
const RESERVED_MB = 24;

export function createSandboxPool(options: SandboxOptions = {}): SandboxPool {
  const settings = { ...DEFAULTS, ...options };
  // One thread more than a workspace may have: what it does for long does not keep the others waiting.
  const shares = { threads: settings.threads + 1, threadsPerOwner: settings.threads, wasmMemoryMb: settings.wasmMemoryMb };
  const expressions = new ThreadQueue(shares);
  // Code may take minutes; the expressions of all other runs must not stand behind it.
  const code = new ThreadQueue(shares);

  // Beyond its own memory QuickJS would trap instead of reporting.
  const memoryCapMb = settings.wasmMemoryMb - RESERVED_MB;
  const limitsOf = (request: SandboxLimits & Determinism, defaultTimeoutMs: number) => ({
    nowMs: request.nowMs,
    timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    memoryBytes: Math.min(request.memoryMb ?? settings.memoryMb, memoryCapMb) * 1024 * 1024,
    maxOutputCharacters: settings.maxOutputCharacters,
  });

  async function evaluateExpressions(request: ExpressionRequest): Promise<SandboxOutcome[]> {
    const scopes = new ScopeTexts(request.scope);
    const programs = request.expressions.map(({ source, seed, paths }) => ({ source, seed, scope: scopes.indexOf(paths) }));
    const limits = limitsOf(request, settings.expressionTimeoutMs);
    const answer = await expressions.run({
      ...limits,
      kind: "expression",
      fileName: "expression",
      roots: [...new Set([...SCOPE_ROOTS, ...Object.keys(request.scope).filter(isName)])],
      programs,
      scopeTexts: scopes.texts,
    }, request.owner);
    return answer.results.map(readResult);
  }

  return {
    evaluateExpressions,
    async evaluate({ expression, scope, ...request }) {
      const parsed = parseWholeExpression(expression);
      if (!parsed.ok) return { ok: false, error: { code: "syntax", message: parsed.problem.message } };
      const [outcome] = await evaluateExpressions({ ...request, scope, expressions: [{ source: expression, seed: request.seed, paths: Object.keys(scope).map((root) => [root]) }] });
      return outcome ?? { ok: false, error: { code: "unavailable", message: "the sandbox gave no answer" } };
    },
    async runCode(request) {
      const analysis = findReferencesInCode(request.source, Object.keys(request.scope));
      if (!analysis.ok) return { ok: false, error: analysis.error, logs: [], droppedLogs: 0 };
      const answer = await code.run(codeRequest(request, analysis.names, limitsOf(request, settings.codeTimeoutMs)), request.owner, request.signal);
      const [first] = answer.results;
      const outcome: SandboxOutcome = first ? readResult(first) : noAnswer();
      return { ...outcome, logs: answer.logs, droppedLogs: answer.droppedLogs };
    },
    async close() {
      await Promise.all([expressions.close(), code.close()]);
    },
  };
}

function codeRequest(request: CodeRequest, names: string[], limits: Pick<SandboxThreadRequest, "nowMs" | "timeoutMs" | "memoryBytes" | "maxOutputCharacters">): SandboxThreadRequest {
  const scope = Object.fromEntries(names.map((name) => [name, request.scope[name]]));
  return {
    ...limits,
    kind: "code",
    fileName: "code",
    roots: names,
    programs: [{ source: request.source, seed: request.seed, scope: 0 }],
    scopeTexts: [encodeValue(scope)],
  };
}

function noAnswer(): { ok: false; error: SandboxError } {
  return { ok: false, error: { code: "unavailable", message: "the sandbox gave no answer" } };
}

/** Names become parameters of the evaluated function. */
function isName(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

/** Encodes each distinct selection of the scope once. */
class ScopeTexts {
  readonly texts: string[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(readonly scope: ExpressionScope) {}

  indexOf(paths: readonly (readonly string[])[]): number {
    const key = JSON.stringify(paths);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.texts.length);
    return this.texts.push(encodeValue(pickPaths(this.scope, paths))) - 1;
  }
}
