import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { FieldTools, SchemaFieldProps } from "@/components/forms/field-types";
import { formOf } from "@/server/nodes/form";
import type { NodeKind } from "@/server/nodes/catalog";
import { TemplateField } from "./template-field";

/** The config of a step as the inspector draws it, all of its fields as plain values. */
function drawn(kind: NodeKind, value: Record<string, unknown>, isLiteral = false): string {
  const schema = formOf(kind);
  const tools: FieldTools = {
    root: schema,
    problems: new Map(),
    setUnreadable: () => undefined,
    renderField: (props: SchemaFieldProps) => <TemplateField {...props} rules={{ isLiteral: () => isLiteral }} />,
  };
  return renderToStaticMarkup(tools.renderField({ schema, value, onChange: () => undefined, pointer: "", label: "Config", isRequired: true, depth: 0, tools }));
}

describe("a field that takes a JSON Schema", () => {
  it.each([
    ["approval", "Form"],
    ["wait.signal", "Schema"],
    ["llm", "Output schema"],
  ] as const)("of %s is made of fields, with JSON beside", (kind, label) => {
    const html = drawn(kind, {});
    expect(html).toContain(`aria-label="${label}: fields"`);
    expect(html).toContain(`aria-label="${label}: how it is written"`);
    expect(html).not.toContain("boolean 1");
  });

  it("shows the fields that it has, and as JSON what fields cannot say", () => {
    expect(drawn("approval", { form: { type: "object", properties: { budget: { type: "number" } } } })).toContain('aria-label="Name of budget"');
    expect(drawn("approval", { form: { anyOf: [{ required: ["a"] }] } })).toContain("anyOf");
    expect(drawn("approval", { form: true })).toContain(">true</textarea>");
  });
});

describe("a field of names and values", () => {
  it.each([
    ["http", ["Query", "Headers"]],
    ["set", ["Values"]],
    ["log", ["Fields"]],
    ["respond", ["Headers"]],
    ["transform", ["Args"]],
  ] as const)("of %s can be switched to an expression", (kind, labels) => {
    const html = drawn(kind, {});
    for (const label of labels) {
      expect(html).toContain(`>${label}</legend>`);
      expect(html).toContain(`aria-label="${label}: use an expression"`);
    }
  });

  it("cannot where nothing is evaluated", () => {
    expect(drawn("log", {}, true)).not.toContain("use an expression");
  });
});
