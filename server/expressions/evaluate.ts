import type { CompiledExpression, CompiledTemplate } from "@/server/expressions/compile";
import { InterpretationError, NeedsSandbox, TextTooLong, type ExpressionError } from "@/server/expressions/expression-error";
import { interpret } from "@/server/expressions/interpret";
import { nameNullPath } from "@/server/expressions/null-path";
import type { ExpressionScope } from "@/server/expressions/references";
import type { Determinism, ExpressionSandbox, SandboxError, SandboxLimits } from "@/server/expressions/sandbox-port";

export type EvaluateResult = { ok: true; value: unknown } | { ok: false; error: ExpressionError };

export interface EvaluationContext extends Determinism, SandboxLimits {
  sandbox: ExpressionSandbox;
}

/**
 * Evaluates a compiled template. Answers at once if the interpreter can do all of it, which is the common case;
 * a promise means that the sandbox is at work. Parts of the result are shared with the scope and the template: never change it.
 */
export function evaluateTemplate(template: CompiledTemplate, scope: ExpressionScope, context: EvaluationContext): EvaluateResult | Promise<EvaluateResult> {
  const { expressions } = template;
  const values: unknown[] = new Array<unknown>(expressions.length);
  const left: number[] = [];
  for (let index = 0; index < expressions.length; index++) {
    const expression = expressions[index]!;
    const result = interpretExpression(expression, scope);
    if (result === null) left.push(index);
    else if (!result.ok) return result;
    else values[index] = result.value;
  }
  if (left.length === 0) return assemble(template, values);
  return evaluateInSandbox(template, scope, context, values, left);
}

/** Null if the expression has to go to the sandbox. */
function interpretExpression(expression: CompiledExpression, scope: ExpressionScope): EvaluateResult | null {
  if (!expression.interpreter) return null;
  try {
    return { ok: true, value: interpret(expression.interpreter, scope) };
  } catch (error) {
    if (error instanceof NeedsSandbox) return null;
    if (error instanceof InterpretationError) return failed(expression, { code: "threw", message: error.message });
    throw error;
  }
}

async function evaluateInSandbox(
  template: CompiledTemplate,
  scope: ExpressionScope,
  context: EvaluationContext,
  values: unknown[],
  left: readonly number[],
): Promise<EvaluateResult> {
  const { sandbox, ...limits } = context;
  const expressions = left.map((index) => template.expressions[index]!);
  const outcomes = await sandbox.evaluateExpressions({
    ...limits,
    scope,
    expressions: expressions.map(({ source, path, position, references }) => ({
      source,
      seed: `${context.seed} ${path} ${position}`,
      paths: references.paths,
    })),
  });
  for (const [at, expression] of expressions.entries()) {
    const outcome = outcomes[at] ?? { ok: false, error: { code: "unavailable", message: "the sandbox gave no answer" } };
    if (!outcome.ok) return failed(expression, { ...outcome.error, message: nameNullPath(expression, scope, outcome.error.message) });
    values[left[at]!] = outcome.value;
  }
  return assemble(template, values);
}

function assemble(template: CompiledTemplate, values: readonly unknown[]): EvaluateResult {
  try {
    return { ok: true, value: template.assemble(values) };
  } catch (error) {
    if (!(error instanceof TextTooLong)) throw error;
    return { ok: false, error: { code: "output_too_large", message: error.message, expression: "", path: error.path, position: 0 } };
  }
}

function failed(expression: CompiledExpression, error: SandboxError): EvaluateResult {
  const { source, path, position } = expression;
  return { ok: false, error: { code: error.code, message: error.message, expression: source, path, position } };
}
