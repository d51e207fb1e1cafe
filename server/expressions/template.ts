import type { Expression } from "acorn";
import { parseExpressionIn, skipBlank, type ParsedExpression, type SyntaxProblem } from "@/server/expressions/parse-expression";
import { MAX_EXPRESSIONS_PER_TEXT } from "@/server/expressions/limits";

/** `offset` is where the opening braces, or the literal text, begin. */
export type TemplatePart =
  | { kind: "text"; text: string; offset: number }
  | { kind: "expression"; expression: ParsedExpression; offset: number }
  | { kind: "secret"; name: string; offset: number };

export type ParsedTemplate = { ok: true; parts: TemplatePart[] } | { ok: false; error: SyntaxProblem };

const OPENING = "{{";
const CLOSING = "}}";

/** Whether a string needs parsing at all: most config strings hold neither an expression nor an escape. */
export function mayHoldExpression(text: string): boolean {
  return text.includes(OPENING);
}

/**
 * Splits a string into literal text, `{{ expressions }}` and `{{ secrets.NAME }}` tokens.
 * An expression ends where the JavaScript parser ends it, so `}}` inside a string or an object is part of it.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const parts: TemplatePart[] = [];
  let literal = "";
  let literalOffset = 0;
  let cursor = 0;
  const flush = () => {
    if (literal !== "") parts.push({ kind: "text", text: literal, offset: literalOffset });
    literal = "";
  };
  for (;;) {
    const opening = text.indexOf(OPENING, cursor);
    if (literal === "") literalOffset = cursor;
    if (opening === -1) {
      literal += text.slice(cursor);
      flush();
      return { ok: true, parts };
    }
    if (opening > cursor && text[opening - 1] === "\\") {
      literal += text.slice(cursor, opening - 1) + OPENING;
      cursor = opening + OPENING.length;
      continue;
    }
    literal += text.slice(cursor, opening);
    flush();
    const expression = parseBraces(text, opening);
    if (!expression.ok) return { ok: false, error: expression.problem };
    parts.push(expression.part);
    if (parts.length > MAX_EXPRESSIONS_PER_TEXT * 2) {
      return { ok: false, error: { message: `a text may hold at most ${MAX_EXPRESSIONS_PER_TEXT} expressions`, offset: opening } };
    }
    cursor = expression.end;
  }
}

/** The names in the `{{ secrets.NAME }}` tokens of a text; empty for a text that does not parse. */
export function findSecretTokens(text: string): string[] {
  const parsed = mayHoldExpression(text) ? parseTemplate(text) : null;
  if (!parsed?.ok) return [];
  return [...new Set(parsed.parts.flatMap((part) => (part.kind === "secret" ? [part.name] : [])))];
}

type Braces = { ok: true; part: TemplatePart; end: number } | { ok: false; problem: SyntaxProblem };

function parseBraces(text: string, opening: number): Braces {
  const inside = opening + OPENING.length;
  if (text.startsWith(CLOSING, skipBlank(text, inside))) {
    return { ok: false, problem: { message: "the expression is empty", offset: opening } };
  }
  const parsed = parseExpressionIn(text, inside);
  if (!parsed.ok) return parsed;
  const closing = skipBlank(text, parsed.end);
  if (!text.startsWith(CLOSING, closing)) {
    const message = closing >= text.length ? "the expression is not closed, }} is missing" : "expected }} after the expression";
    return { ok: false, problem: { message, offset: closing } };
  }
  const name = secretName(parsed.expression.ast);
  const part: TemplatePart = name === null
    ? { kind: "expression", expression: parsed.expression, offset: opening }
    : { kind: "secret", name, offset: opening };
  return { ok: true, part, end: closing + CLOSING.length };
}

function secretName(ast: Expression): string | null {
  if (ast.type !== "MemberExpression" || ast.optional) return null;
  if (ast.object.type !== "Identifier" || ast.object.name !== "secrets") return null;
  if (!ast.computed) return ast.property.type === "Identifier" ? ast.property.name : null;
  return ast.property.type === "Literal" && typeof ast.property.value === "string" ? ast.property.value : null;
}
