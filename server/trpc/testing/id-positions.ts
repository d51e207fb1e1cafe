import { z } from "zod";

/** A way into an input: names of fields, `[]` for any item of a list, `{}` for any value of a record. */
export type Position = readonly string[];

interface JsonSchema {
  format?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
}

/** Where a contract takes an id, as it says so itself. */
export function idPositions(schema: z.ZodType): Position[] {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const found = new Map<string, Position>();
  const look = (given: JsonSchema, at: Position, within: readonly string[]): void => {
    const { $ref } = given;
    if ($ref !== undefined) {
      if (within.includes($ref)) return;
      const target = $ref === "#" ? root : root.$defs?.[$ref.replace("#/$defs/", "")];
      return target === undefined ? undefined : look(target, at, [...within, $ref]);
    }
    if (given.format === "uuid") found.set(at.join("."), at);
    for (const one of [...(given.anyOf ?? []), ...(given.oneOf ?? []), ...(given.allOf ?? [])]) look(one, at, within);
    for (const [name, value] of Object.entries(given.properties ?? {})) look(value, [...at, name], within);
    if (given.items !== undefined) look(given.items, [...at, "[]"], within);
    if (typeof given.additionalProperties === "object") look(given.additionalProperties, [...at, "{}"], within);
  };
  look(root, [], []);
  return [...found.values()];
}

/** The input with the value there, and all else as it was. */
export function withAt(input: unknown, [step, ...rest]: Position, value: unknown): unknown {
  if (step === undefined) return value;
  if (step === "[]") return [withAt(Array.isArray(input) ? input[0] : undefined, rest, value)];
  const fields = typeof input === "object" && input !== null && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
  const name = step === "{}" ? (Object.keys(fields)[0] ?? "start") : step;
  return { ...fields, [name]: withAt(fields[name], rest, value) };
}
