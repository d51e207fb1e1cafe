import { mayHoldExpression, parseTemplate } from "@/server/expressions/template";
import { isObject } from "./draft";

/** A value of the field as one expression that gives it; null where none does: secrets are put in after expressions. */
export function expressionOf(value: unknown): string | undefined | null {
  if (value === undefined || typeof value === "string") return value;
  const source = sourceOf(value);
  return source === null ? null : `{{ ${source} }}`;
}

/** The plain value that an expression always gives; undefined for one that has to be evaluated, or whose text the field cannot take. */
export function plainOf(value: unknown, { type, enum: choices }: Record<string, unknown>): unknown {
  if (typeof value !== "string") return value;
  if (!value.includes("{{")) return type === "string" || (Array.isArray(choices) && choices.includes(value)) ? value : undefined;
  const inside = /^\{\{(.*)\}\}$/s.exec(value.trim())?.[1];
  try {
    return inside === undefined ? undefined : (JSON.parse(inside) as unknown);
  } catch {
    return undefined;
  }
}

/** JavaScript that gives the value, the templates in it evaluated. */
function sourceOf(value: unknown): string | null {
  if (typeof value === "string") return mayHoldExpression(value) ? sourceOfTemplate(value) : JSON.stringify(value);
  if (Array.isArray(value)) return joined(value.map(sourceOf), "[", "]");
  if (!isObject(value)) return JSON.stringify(value);
  return joined(Object.entries(value).map(([name, own]) => {
    const source = sourceOf(own);
    return source === null ? null : `${JSON.stringify(name)}:${source}`;
  }), "{", "}");
}

function joined(parts: readonly (string | null)[], open: string, close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(",")}${close}`;
}

/** What is one expression keeps its type; beside text, null is nothing. */
function sourceOfTemplate(text: string): string | null {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return null;
  const [first, ...others] = parsed.parts;
  if (first?.kind === "expression" && others.length === 0) return `(${first.expression.source})`;
  const parts = parsed.parts.map((part) => (part.kind === "text" ? escaped(part.text) : part.kind === "secret" ? null : `\${(${part.expression.source}) ?? ""}`));
  return parts.includes(null) ? null : `\`${parts.join("")}\``;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`$]/g, "\\$&");
}
