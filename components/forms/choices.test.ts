import { expect, it } from "vitest";
import { z } from "zod";
import { settingsSchemaOf } from "@/components/builder/step-settings";
import { nodeSchema, settingsSchema } from "@/server/engine/definition";
import { CATALOG } from "@/server/nodes/catalog";
import { formOf } from "@/server/nodes/form";

/** What the definition calls it, which nobody should read in a form. Methods and permissions are called so by everybody. */
const isRaw = (value: unknown) => typeof value === "string" && /^[a-z]/.test(value) && !value.includes(":");

function rawChoices(schema: unknown, place: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => rawChoices(one, `${place}/${index}`));
  if (typeof schema !== "object" || schema === null) return [];
  const own = schema as Record<string, unknown>;
  const unnamed = Array.isArray(own.enum) && own.enum.some(isRaw) && !(Array.isArray(own.enumNames) && own.enumNames.length === own.enum.length) ? [place] : [];
  const variants = [own.oneOf, own.anyOf].flatMap((some) => (Array.isArray(some) ? (some as Record<string, unknown>[]) : []));
  const untitled = variants.length > 1 ? variants.filter((variant) => isRaw(constantOf(variant)) && typeof variant.title !== "string").map((variant) => `${place}: ${String(constantOf(variant))}`) : [];
  return [...unnamed, ...untitled, ...Object.entries(own).flatMap(([name, part]) => rawChoices(part, `${place}/${name}`))];
}

function constantOf({ const: constant, properties }: Record<string, unknown>): unknown {
  if (constant !== undefined) return constant;
  return Object.values((properties ?? {}) as Record<string, { const?: unknown }>).find((property) => property.const !== undefined)?.const;
}

it("choices of forms are called by words for people", () => {
  const kinds = Object.keys(CATALOG);
  expect(kinds.length).toBeGreaterThan(20);
  expect(kinds.flatMap((kind) => rawChoices(formOf(kind), kind))).toEqual([]);
  const steps = kinds.map((kind) => settingsSchemaOf(nodeSchema.parse({ id: "step", kind })));
  expect([...steps, z.toJSONSchema(settingsSchema, { io: "input" })].flatMap((schema) => rawChoices(schema, ""))).toEqual([]);
});
