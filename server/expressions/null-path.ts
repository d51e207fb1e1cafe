import type { MemberExpression, Node } from "acorn";
import { buildInterpreter, interpret } from "@/server/expressions/interpret";
import type { CompiledExpression } from "@/server/expressions/compile";
import { childNodes } from "@/server/expressions/parse-expression";
import type { ExpressionScope } from "@/server/expressions/references";

type Searched = Pick<CompiledExpression, "source" | "ast" | "extraNames">;

const NULL_READ = /^TypeError: (cannot read property (?:'(.*)' )?of (?:null|undefined))$/s;

/**
 * QuickJS says which property could not be read, but not of what. If a member read of that name in the expression
 * is on null in this scope, the message gets its source: "… of null at steps.fetch.output".
 */
export function nameNullPath(expression: Searched, scope: ExpressionScope, message: string): string {
  const [, plain, property] = NULL_READ.exec(message) ?? [];
  if (plain === undefined) return message;
  const target = findNullTarget(expression.ast, property ?? null, expression, scope);
  return target === null ? plain : `${plain} at ${target}`;
}

/** `property` is null where QuickJS does not name it: in `a[b]`. */
function findNullTarget(node: Node, property: string | null, expression: Searched, scope: ExpressionScope): string | null {
  for (const child of childNodes(node)) {
    const found = findNullTarget(child, property, expression, scope);
    if (found !== null) return found;
  }
  if (node.type !== "MemberExpression") return null;
  const { object, property: name, computed } = node as MemberExpression;
  const isMeant = property === null ? computed : !computed && name.type === "Identifier" && name.name === property;
  if (object.type === "Super" || !isMeant) return null;
  return isNull({ ...expression, ast: object }, scope) ? expression.source.slice(object.start, object.end) : null;
}

function isNull(expression: Searched, scope: ExpressionScope): boolean {
  const interpreter = buildInterpreter(expression, expression.extraNames);
  if (!interpreter) return false;
  try {
    return interpret(interpreter, scope) === null;
  } catch {
    return false;
  }
}
