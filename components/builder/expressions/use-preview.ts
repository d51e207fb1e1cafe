"use client";

import { useEffect, useState } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { readRefusal } from "@/components/data/problem";
import { compileTemplate, type CompiledTemplate } from "@/server/expressions/compile";
import { decodeValue } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import { pickPaths } from "@/server/expressions/pick-paths";
import { isScopeRoot, type ExpressionScope, type References } from "@/server/expressions/references";
import type { ExpressionRequest, SandboxOutcome } from "@/server/expressions/sandbox-port";
import { SecretText } from "@/server/expressions/secret-text";
import { PREVIEW_SCOPE_MAX_BYTES } from "@/server/test-data/contract";
import type { ValueSource } from "./value-source";

export type Preview =
  | { state: "none" }
  | { state: "pending" }
  | { state: "value"; value: unknown }
  /** Something that it reads is not known. */
  | { state: "unknown"; reason: string }
  | { state: "failed"; message: string; position: number; expression: string };

const PAUSE_MS = 50;
const NONE: Preview = { state: "none" };

/** What a text with expressions comes to with what the last tests and pins know. The interpreter answers in the browser; what needs an engine is asked of the server. */
export function usePreview(text: string, extraNames: readonly string[], source: ValueSource): Preview {
  const client = useTRPCClient();
  const [preview, setPreview] = useState<Preview>(NONE);
  const names = extraNames.join(" ");
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      const compiled = compileTemplate(text, { extraNames: names === "" ? [] : names.split(" "), isSecretField: () => true });
      if (!compiled.ok || compiled.template.isConstant) return setPreview(NONE);
      const answer = evaluate(compiled.template, names === "" ? [] : names.split(" "), source, (request) => askServer(client, request));
      void answer.catch((error: unknown): Preview => ({ state: "unknown", reason: readRefusal(error).message })).then((next) => (isStale ? undefined : setPreview(next)));
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [text, names, source, client]);
  return preview;
}

async function evaluate(template: CompiledTemplate, extraNames: readonly string[], source: ValueSource, evaluateExpressions: (request: ExpressionRequest) => Promise<SandboxOutcome[]>): Promise<Preview> {
  const read = extraNames.filter((name) => template.expressions.some(({ references }) => references.paths.some(([root]) => root === name)));
  if (read.length > 0) return { state: "unknown", reason: `${read[0]} is known only while the step runs.` };
  const scope = await scopeFor(template.references, source);
  if (!scope.isKnown) return { state: "unknown", reason: scope.reason };
  const result = await evaluateTemplate(template, scope.value, { sandbox: { evaluateExpressions }, seed: "preview", nowMs: Date.now() });
  if (result.ok) return { state: "value", value: result.value instanceof SecretText ? "a text with secrets, put in when the step runs" : result.value };
  const { message, position, expression } = result.error;
  return { state: "failed", message, position, expression };
}

type Scope = { isKnown: true; value: ExpressionScope } | { isKnown: false; reason: string };

async function scopeFor(references: References, source: ValueSource): Promise<Scope> {
  if (references.dynamicSteps || references.dynamicLoops) return { isKnown: false, reason: "It reads steps by a computed name: the value is known when it runs." };
  const scope: Record<string, unknown> = {};
  for (const root of references.roots) {
    if (root === "steps" || root === "loops") {
      const members: Record<string, unknown> = {};
      for (const id of root === "steps" ? references.steps : references.loops) {
        const known = await source.read(root, id);
        if (!known.isKnown) return { isKnown: false, reason: `${root}.${id}: ${known.reason}` };
        members[id] = known.value;
      }
      scope[root] = members;
      continue;
    }
    const known = await source.read(root);
    if (!known.isKnown) return { isKnown: false, reason: `${root}: ${known.reason}` };
    scope[root] = known.value;
  }
  return { isKnown: true, value: scope };
}

async function askServer(client: ReturnType<typeof useTRPCClient>, { expressions, scope, nowMs }: ExpressionRequest): Promise<SandboxOutcome[]> {
  const paths = expressions.flatMap((expression) => expression.paths);
  const text = encodeValue(pickPaths(scope, paths));
  if (text.length > PREVIEW_SCOPE_MAX_BYTES) return expressions.map(() => ({ ok: false, error: { code: "unavailable", message: "what it reads is too large for a preview" } }));
  const outcomes = await client.testData.preview.mutate({ expressions: expressions.map(({ source, paths: own }) => ({ source, paths: own.map((path) => [...path]) })), scope: text, nowMs });
  return outcomes.map((outcome) => (outcome.ok ? { ok: true, value: decodeValue(outcome.value) } : { ok: false, error: { code: "threw", message: outcome.message } }));
}

/** The value at the end of a chain of names, for completion. */
export async function valueOfChain(source: ValueSource, chain: readonly string[]): Promise<unknown> {
  const [root = "", second] = chain;
  const isNamed = root === "steps" || root === "loops";
  const known = isScopeRoot(root) ? await source.read(root, isNamed ? second : undefined) : null;
  if (known === null) return undefined;
  const begin = known.isKnown ? known.value : known.shape;
  return chain.slice(isNamed ? 2 : 1).reduce<unknown>((value, key) => (typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined), begin);
}
