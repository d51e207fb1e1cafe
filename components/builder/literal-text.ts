/** A plain value as an expression that gives it. */
export function expressionOf(value: unknown): unknown {
  return value === undefined || typeof value === "string" ? value : `{{ ${JSON.stringify(value)} }}`;
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
