import { parseExpressionAt, type Expression, type Node } from "acorn";
import { MAX_EXPRESSION_CHARACTERS, MAX_EXPRESSION_DEPTH } from "@/server/expressions/limits";

export interface ParsedExpression {
  /** Source as written, outer white space removed. */
  source: string;
  /** Syntax tree; node offsets count from the start of `source`. */
  ast: Expression;
}

export interface SyntaxProblem {
  message: string;
  offset: number;
}

export type ExpressionAt =
  | { ok: true; expression: ParsedExpression; start: number; end: number }
  | { ok: false; problem: SyntaxProblem };

/** "module" makes the syntax strict, as the sandbox runs it. */
export const LANGUAGE = { ecmaVersion: 2023, sourceType: "module", preserveParens: true } as const;
const BLANK = /(?:\s|\/\*[^]*?\*\/)*/y;

/**
 * Parses the JavaScript expression that begins at `offset` of `text` and reports where it ends.
 * Positions in the answer are offsets in `text`.
 */
export function parseExpressionIn(text: string, offset: number): ExpressionAt {
  const start = skipBlank(text, offset);
  const excerpt = text.slice(start, start + MAX_EXPRESSION_CHARACTERS);
  try {
    const ast = parseExpressionAt(excerpt, 0, LANGUAGE);
    const source = excerpt.slice(0, ast.end);
    if (source.includes("\0")) return failed("a NUL character is not allowed, write \\0", start + source.indexOf("\0"));
    if (isDeeperThan(ast, MAX_EXPRESSION_DEPTH)) return failed("the expression is nested too deeply", start);
    return { ok: true, expression: { source, ast }, start, end: start + ast.end };
  } catch (error) {
    if (text.length - start > MAX_EXPRESSION_CHARACTERS && !excerpt.includes("}}")) {
      return failed(`an expression may have at most ${MAX_EXPRESSION_CHARACTERS} characters`, start);
    }
    return { ok: false, problem: syntaxProblem(error, start) };
  }
}

/** Parses a text that is one JavaScript expression and nothing else. */
export function parseWholeExpression(text: string): ExpressionAt {
  const parsed = parseExpressionIn(text, 0);
  if (!parsed.ok) return parsed;
  const rest = skipBlank(text, parsed.end);
  return rest === text.length ? parsed : failed("unexpected text after the expression", rest);
}

export function skipBlank(text: string, offset: number): number {
  BLANK.lastIndex = offset;
  BLANK.test(text);
  return Math.max(offset, BLANK.lastIndex);
}

/** Acorn's message without its "(line:column)", and its position. */
export function syntaxProblem(error: unknown, base: number): SyntaxProblem {
  if (!(error instanceof SyntaxError)) throw error;
  if (error.message.startsWith("Not enough stack space")) return { message: "the expression is nested too deeply", offset: base };
  const position = "pos" in error && typeof error.pos === "number" ? error.pos : 0;
  return { message: error.message.replace(/ \(\d+:\d+\)$/, "").toLowerCase(), offset: base + position };
}

/** The child nodes of a syntax node, in source order. */
export function childNodes(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value;
}

function isDeeperThan(root: Node, limit: number): boolean {
  let level: Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= limit) return true;
    level = level.flatMap(childNodes);
  }
  return false;
}

function failed(message: string, offset: number): ExpressionAt {
  return { ok: false, problem: { message, offset } };
}
