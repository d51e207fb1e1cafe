import { describe, expect, it } from "vitest";
import { checkSchema } from "@/server/schema/validate-json";
import { CATALOG, findKind, isNodeKind } from "./catalog";
import { nodesPage } from "./docs-page";
import { formOf } from "./form";
import type { KindSpec } from "./kind";
import { findRunner } from "./registry";

describe("the docs page", () => {
  it("is what the catalog says", async () => {
    await expect(nodesPage()).toMatchFileSnapshot("../../docs/nodes.md");
  });
});

describe.each(Object.entries(CATALOG) as [string, KindSpec<unknown>][])("%s", (kind, spec) => {
  it("is known by its own name, and has a runner unless it is a container", () => {
    expect(spec.kind).toBe(kind);
    expect(findRunner(kind) === null).toBe(spec.role === "container");
    expect(spec.slots === undefined).toBe(spec.role !== "container");
  });

  it("has a form that is a JSON Schema", () => {
    const form = formOf(kind);
    expect(form).toMatchObject({ type: "object", additionalProperties: false });
    expect(checkSchema(form)).toEqual([]);
  });

  it("names fields that exist", () => {
    const names = Object.keys(formOf(kind)?.properties ?? {});
    const pointers = [...(spec.secretFields ?? []), ...(spec.conditionFields ?? []), ...(spec.innerFields ?? []), ...(spec.iterationFields ?? []), ...(spec.repeatedFields ?? []), ...Object.keys(spec.deferredFields ?? {})];
    const mentioned = [...(spec.rawFields ?? []), ...(spec.schemaFields ?? []), ...pointers.map((pointer) => pointer.split("/")[1] ?? "")];
    expect(names).toEqual(expect.arrayContaining(mentioned));
  });
});

describe("kinds that are not there", () => {
  it.each(["nonsense", "constructor", "toString", "__proto__"])("%s", (kind) => {
    expect([isNodeKind(kind), findKind(kind), findRunner(kind), formOf(kind)]).toEqual([false, null, null, null]);
  });
});
