import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { parseWorkflowFiles } from "@/server/workflows/service";
import { printEntries } from "./print";

const entry = fc.record({
  name: fc.string({ minLength: 1, maxLength: 40, unit: "binary" }).map((text) => text.trim()).filter((text) => text !== ""),
  slug: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
  description: fc.string({ unit: "binary" }),
  folder: fc.array(fc.constantFrom("Sales", "Nörth: 1", "true", "- x"), { maxLength: 2 }),
  tags: fc.uniqueArray(fc.constantFrom("urgent", "null", "#1", "0x10"), { maxLength: 2 }),
  definition: fc.record({ schema: fc.constant(1), nodes: fc.array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { noNullPrototype: true }), { maxLength: 3 }) }),
});

describe("files", () => {
  it.each(["yaml", "json"] as const)("give back as %s what went in", (format) => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 3 }), (entries) => {
        const read = parseWorkflowFiles(printEntries(entries, [], format), "file");
        expect(read.map(({ name, slug, description, folder, tags, definition }) => JSON.stringify({ name, slug, description, folder, tags, definition }))).toEqual(
          entries.map(({ name, slug, description, folder, tags, definition }) => JSON.stringify({ name, slug, description, folder, tags, definition })),
        );
      }),
    );
  });
});
