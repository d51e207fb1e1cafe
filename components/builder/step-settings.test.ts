import { describe, expect, it } from "vitest";
import { ChoiceField } from "@/components/forms/choice-field";
import { readField, type FieldShape } from "@/components/forms/read-field";
import type { SelectProps } from "@/components/ui/select";
import { nodeSchema } from "@/server/engine/definition";
import { SETTINGS_GROUPS, settingsSchemaOf } from "./step-settings";

/** Set elsewhere: by the canvas, the head of the inspector and the form of the kind. */
const ELSEWHERE = ["id", "kind", "kindVersion", "name", "parent", "config", "position", "size", "collapsed"];

describe("settings of a step", () => {
  it("are all in the form, each with its hint and in one group", () => {
    const fields = Object.keys(nodeSchema.shape).filter((name) => !ELSEWHERE.includes(name)).toSorted();
    const properties = settingsSchemaOf({ id: "a", kind: "http" }).properties as Record<string, { description?: string }>;
    expect(Object.keys(properties).toSorted()).toEqual(fields);
    expect(SETTINGS_GROUPS.flatMap(({ names }) => names).toSorted()).toEqual(fields);
    expect(Object.entries(properties).filter(([, { description }]) => description === undefined)).toEqual([]);
  });

  it("say of an error what happens then, in words, and offer no choice of nothing", () => {
    const schema = settingsSchemaOf({ id: "a", kind: "http" });
    const { onError } = schema.properties as Record<string, { default?: unknown }>;
    const shape = readField(onError, schema) as Extract<FieldShape, { widget: "choice" }>;
    const drawn = ChoiceField({ shape, value: onError!.default, onChange: () => undefined, isRequired: false, hasDefault: true, control: { id: "on-error" } } as unknown as Parameters<typeof ChoiceField>[0]).props as SelectProps;
    expect(drawn.options.map(({ label }) => label)).toEqual(["Fail: a try frame around it or the run has the error", "Go on without an output", "Take the way that begins at its port error"]);
    expect(drawn.value).toBe("0");
  });

  it("leave out the time limit of an attempt that only waits, but for one to take away", () => {
    const names = (kind: string, more: { timeoutSeconds?: number } = {}) => Object.keys(settingsSchemaOf({ id: "a", kind, ...more }).properties as object);
    expect(["delay", "wait.signal", "approval", "subworkflow", "module"].filter((kind) => names(kind).includes("timeoutSeconds"))).toEqual([]);
    expect(names("subworkflow")).toContain("retry");
    expect(names("delay", { timeoutSeconds: 5 })).toContain("timeoutSeconds");
  });
});
