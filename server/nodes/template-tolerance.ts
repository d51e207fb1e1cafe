import type { z } from "zod";
import { mayHoldExpression, parseTemplate } from "@/server/expressions/template";

type Issue = z.core.$ZodIssue;

/**
 * The issues of a config whose templates are not evaluated yet, without those that the value of a template may settle:
 * a text that is one expression can become anything, a text with expressions in it can become any text.
 */
export function certainIssues(issues: readonly Issue[], config: unknown): Issue[] {
  return issues.filter((issue) => !isExcused(issue, config, issue.path));
}

function isExcused(issue: Issue, config: unknown, path: readonly PropertyKey[]): boolean {
  const template = templateOnTheWay(config, path);
  if (template === "expression") return true;
  if (template === "text") return issue.code !== "invalid_type" && issue.code !== "invalid_union";
  // A union fits if one of its members would, once its templates are evaluated.
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return false;
  return issue.errors.some((branch) => branch.length > 0 && branch.every((inner) => isExcused(inner, config, [...path, ...inner.path])));
}

function templateOnTheWay(config: unknown, path: readonly PropertyKey[]): "expression" | "text" | null {
  let value = config;
  for (const key of [...path, null]) {
    if (typeof value === "string") return templateKind(value);
    if (key === null || typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = Reflect.get(value, key);
  }
  return null;
}

export function templateKind(text: string): "expression" | "text" | null {
  const parsed = mayHoldExpression(text) ? parseTemplate(text) : null;
  if (!parsed?.ok) return parsed === null ? null : "expression";
  if (!parsed.parts.some((part) => part.kind !== "text")) return null;
  return parsed.parts.length === 1 && parsed.parts[0]?.kind === "expression" ? "expression" : "text";
}
