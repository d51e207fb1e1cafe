import type { Expression } from "acorn";
import { buildInterpreter, type Interpreter } from "@/server/expressions/interpret";
import { findReferences, mergeReferences, NO_REFERENCES, type References } from "@/server/expressions/references";
import { mayHoldExpression, parseTemplate, type TemplatePart } from "@/server/expressions/template";
import { TextTooLong, type TemplateProblem } from "@/server/expressions/expression-error";
import { MAX_TEXT_CHARACTERS } from "@/server/expressions/limits";
import type { ParsedExpression } from "@/server/expressions/parse-expression";
import { SecretText, type SecretPart } from "@/server/expressions/secret-text";
import { textOf } from "@/server/expressions/text-of";

export interface CompiledExpression {
  source: string;
  ast: Expression;
  extraNames: readonly string[];
  /** JSON pointer of the field that holds it. */
  path: string;
  /** Offset of the braces in that field's text. */
  position: number;
  references: References;
  /** "interpretable" may still turn to the sandbox for odd operands; "sandbox" always does. */
  mode: "interpretable" | "sandbox";
  interpreter: Interpreter | null;
}

/** A JSON value whose strings may hold expressions, made ready for many evaluations. Its constant parts are shared, not copied. */
export interface CompiledTemplate {
  /** True if there is nothing to evaluate. */
  isConstant: boolean;
  expressions: readonly CompiledExpression[];
  references: References;
  /** Names of the secrets mentioned. */
  secrets: readonly string[];
  /** Puts the expressions' values, in order, into the value. */
  assemble: (values: readonly unknown[]) => unknown;
}

export interface CompileOptions {
  /** Whether the field at this JSON pointer may hold `{{ secrets.NAME }}`. */
  isSecretField?: (path: string) => boolean;
  /** Whether the value at this JSON pointer is taken as it is, such as a code step's source. */
  isVerbatim?: (path: string) => boolean;
  /** Variables besides the scope's roots that the scope of the evaluation holds, such as `response` in a pagination rule. */
  extraNames?: readonly string[];
}

export type CompileResult = { ok: true; template: CompiledTemplate } | { ok: false; problems: TemplateProblem[] };

type Assemble = CompiledTemplate["assemble"];

interface Compilation {
  options: CompileOptions;
  expressions: CompiledExpression[];
  problems: TemplateProblem[];
  secrets: Set<string>;
}

export function compileTemplate(value: unknown, options: CompileOptions = {}): CompileResult {
  const compilation: Compilation = { options, expressions: [], problems: [], secrets: new Set() };
  const assemble = compileValue(compilation, value, "");
  if (compilation.problems.length > 0) return { ok: false, problems: compilation.problems };
  const { expressions } = compilation;
  return {
    ok: true,
    template: {
      isConstant: expressions.length === 0,
      expressions,
      references: expressions.length === 0 ? NO_REFERENCES : mergeReferences(expressions.map((expression) => expression.references)),
      secrets: [...compilation.secrets],
      assemble: assemble ?? (() => value),
    },
  };
}

/** Null if the value holds no template: the caller keeps it as it is. */
function compileValue(compilation: Compilation, value: unknown, path: string): Assemble | null {
  if (compilation.options.isVerbatim?.(path)) return null;
  if (typeof value === "string") return mayHoldExpression(value) ? compileText(compilation, value, path) : null;
  if (Array.isArray(value)) return compileArray(compilation, value, path);
  if (typeof value === "object" && value !== null) return compileObject(compilation, value, path);
  return null;
}

function compileArray(compilation: Compilation, array: readonly unknown[], path: string): Assemble | null {
  const elements = array.map((element, index) => compileValue(compilation, element, `${path}/${index}`));
  if (elements.every((element) => element === null)) return null;
  return (values) =>
    array.map((element: unknown, index) => {
      const assemble = elements[index];
      return assemble ? assemble(values) : element;
    });
}

function compileObject(compilation: Compilation, object: object, path: string): Assemble | null {
  const entries = Object.entries(object).map(([key, element]: [string, unknown]) => ({
    key,
    element,
    assemble: compileValue(compilation, element, `${path}/${escapePointer(key)}`),
  }));
  if (entries.every((entry) => entry.assemble === null)) return null;
  return (values) => Object.fromEntries(entries.map(({ key, element, assemble }) => [key, assemble ? assemble(values) : element]));
}

function compileText(compilation: Compilation, text: string, path: string): Assemble | null {
  const parsed = parseTemplate(text);
  if (!parsed.ok) {
    compilation.problems.push({ path, ...parsed.error });
    return null;
  }
  const readers = parsed.parts.map((part) => compilePart(compilation, part, path));
  if (parsed.parts.some((part) => part.kind === "secret")) {
    return (values) => new SecretText(joinParts(readers.map((read) => read(values))));
  }
  const [only] = parsed.parts;
  if (parsed.parts.length === 1 && only?.kind === "expression") return readers[0] ?? null;
  return (values) => joinTexts(readers.map((read) => textOf(read(values))), path);
}

function compilePart(compilation: Compilation, part: TemplatePart, path: string): Assemble {
  switch (part.kind) {
    case "text":
      return () => part.text;
    case "secret": {
      if (!compilation.options.isSecretField?.(path)) {
        const message = `secrets.${part.name} is not allowed here: secrets are put only into fields marked secret`;
        compilation.problems.push({ path, offset: part.offset, message });
      }
      compilation.secrets.add(part.name);
      const token = new SecretText([{ name: part.name }]);
      return () => token;
    }
    case "expression": {
      const index = compilation.expressions.length;
      compilation.expressions.push(compileExpression(compilation, part.expression, path, part.offset));
      return (values) => values[index];
    }
  }
}

function compileExpression(compilation: Compilation, expression: ParsedExpression, path: string, offset: number): CompiledExpression {
  const { extraNames = [] } = compilation.options;
  const references = findReferences(expression.ast, extraNames);
  if (references.unknownNames.some(({ name }) => name === "secrets")) {
    compilation.problems.push({ path, offset, message: "secrets cannot be part of an expression, write {{ secrets.NAME }} alone" });
  }
  const interpreter = buildInterpreter(expression, extraNames);
  const mode = interpreter ? "interpretable" : "sandbox";
  return { ...expression, extraNames, path, position: offset, references, mode, interpreter };
}

function joinTexts(texts: string[], path: string): string {
  const length = texts.reduce((total, text) => total + text.length, 0);
  if (length > MAX_TEXT_CHARACTERS) throw new TextTooLong(path);
  return texts.join("");
}

function joinParts(values: unknown[]): SecretPart[] {
  return values.flatMap((value) => (value instanceof SecretText ? value.parts : [textOf(value)]));
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
