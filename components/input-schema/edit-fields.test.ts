import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { checkSchemaDocument } from "@/server/nodes/validate-config";
import { addField, changeField, FIELD_TYPES, moveField, nameObjection, readChoices, readFields, removeField, renameField, requireField, retypeField, type JsonSchema } from "./edit-fields";

const order: JsonSchema = {
  type: "object",
  title: "Order",
  required: ["id"],
  properties: { id: { type: "string", title: "Number" }, lines: { type: "array", items: { type: "object" }, minItems: 1 }, when: { type: "string", format: "date-time" }, either: { oneOf: [{ type: "string" }] } },
  additionalProperties: false,
};

describe("readFields", () => {
  it("names the type of each field, and none where the schema says more", () => {
    expect(readFields(order)?.map(({ name, type, isRequired }) => [name, type, isRequired])).toEqual([["id", "text", true], ["lines", "list", false], ["when", "date", false], ["either", null, false]]);
    expect(readFields({})).toEqual([]);
    expect(readFields({ type: "array" })).toBeNull();
    expect(readFields({ $ref: "#/$defs/order" })).toBeNull();
  });
});

describe("edits of fields", () => {
  it("keep what the form does not show", () => {
    expect(changeField(order, "lines", { description: "At least one" })).toEqual({ ...order, properties: { ...(order.properties as object), lines: { type: "array", items: { type: "object" }, minItems: 1, description: "At least one" } } });
    expect(retypeField(order, "id", "integer")).toMatchObject({ additionalProperties: false, properties: { id: { type: "integer", title: "Number" } } });
  });

  it("take what belongs to the old type away with it", () => {
    const { properties } = retypeField(order, "lines", "text");
    expect(properties).toMatchObject({ lines: { type: "string" } });
    expect((properties as { lines: object }).lines).not.toHaveProperty("minItems");
  });

  it("rename in place, with what is required, and never over another", () => {
    const renamed = renameField(order, "id", "number");
    expect(Object.keys(renamed.properties as object)).toEqual(["number", "lines", "when", "either"]);
    expect(renamed.required).toEqual(["number"]);
    expect(renameField(order, "id", "lines")).toBe(order);
    expect(nameObjection(order, "id", "__proto__")).not.toBeNull();
    expect(nameObjection(order, "id", " ")).not.toBeNull();
  });

  it("move, require and remove", () => {
    expect(Object.keys(moveField(order, "lines", -1).properties as object).slice(0, 2)).toEqual(["lines", "id"]);
    expect(moveField(order, "id", -1)).toBe(order);
    expect(removeField(order, "id")).not.toHaveProperty("required");
    expect(requireField(order, "when", true).required).toEqual(["id", "when"]);
  });

  it("make choices of lines, as numbers where the field is one", () => {
    expect(readChoices("a\n\n b \na", "text")).toEqual(["a", "b"]);
    expect(readChoices("1\n2.5\nx", "number")).toEqual([1, 2.5, "x"]);
    expect(readChoices("\n", "text")).toBeUndefined();
  });

  it("always leave a schema that is one, with every field once", () => {
    const edit = fc.oneof(
      fc.constant((schema: JsonSchema) => addField(schema)),
      fc.tuple(fc.nat(5), fc.constantFrom(...FIELD_TYPES)).map(([at, type]) => (schema: JsonSchema) => retypeField(schema, nameAt(schema, at), type)),
      fc.tuple(fc.nat(5), fc.string()).map(([at, name]) => (schema: JsonSchema) => renameField(schema, nameAt(schema, at), name)),
      fc.tuple(fc.nat(5), fc.boolean()).map(([at, isRequired]) => (schema: JsonSchema) => requireField(schema, nameAt(schema, at), isRequired)),
      fc.tuple(fc.nat(5), fc.integer({ min: -2, max: 2 })).map(([at, by]) => (schema: JsonSchema) => moveField(schema, nameAt(schema, at), by)),
      fc.nat(5).map((at) => (schema: JsonSchema) => removeField(schema, nameAt(schema, at))),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 20 }), (edits) => {
        const schema = edits.reduce((current, change) => change(current), addField({}));
        const fields = readFields(schema);
        expect(fields).not.toBeNull();
        expect(checkSchemaDocument(schema, "")).toEqual([]);
        const names = fields!.map(({ name }) => name);
        expect(((schema.required ?? []) as string[]).filter((name) => !names.includes(name))).toEqual([]);
      }),
    );
  });
});

/** Of the fields that are there; requires need one. */
function nameAt(schema: JsonSchema, index: number): string {
  const names = readFields(schema)?.map(({ name }) => name) ?? [];
  return names[index % Math.max(1, names.length)] ?? "none";
}
