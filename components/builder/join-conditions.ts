import { parseTemplate } from "@/server/expressions/template";

/** One condition that holds where all of these do. What cannot be part of one, such as text around an expression, is answered as lost. */
export function joinConditions(conditions: readonly string[]): { when?: string; lost: string[] } {
  const all = [...new Set(conditions)];
  const [only] = all;
  if (only === undefined || all.length === 1) return { ...(only === undefined ? {} : { when: only }), lost: [] };
  const operands = all.map(operandOf);
  const known = operands.filter((operand) => operand !== null);
  if (known.length === 0) return { when: only, lost: all.slice(1) };
  return { when: `{{ ${known.join(" && ")} }}`, lost: all.filter((_, index) => operands[index] === null) };
}

/** Bind less than `&&`, or do not stand beside it. */
const LOOSE = ["ConditionalExpression", "SequenceExpression", "AssignmentExpression", "ArrowFunctionExpression", "YieldExpression"];

function operandOf(condition: string): string | null {
  const parsed = parseTemplate(condition);
  const [part] = parsed.ok ? parsed.parts : [];
  if (!parsed.ok || parsed.parts.length !== 1 || part?.kind !== "expression") return null;
  const { ast, source } = part.expression;
  const isLoose = LOOSE.includes(ast.type) || (ast.type === "LogicalExpression" && ast.operator !== "&&");
  return isLoose ? `(${source})` : source;
}
