import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { validateAgainst } from "@/server/schema/validate-json";
import { parseWorkflowFile, parseWorkflowFiles } from "@/server/workflows/service";

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".yaml"));

describe("examples", () => {
  it("there are at least twelve", () => {
    expect(files.length).toBeGreaterThanOrEqual(12);
  });

  it.each(files)("%s holds workflows without a problem, and their example inputs fit", (file) => {
    const [template, ...companions] = parseWorkflowFiles(readFileSync(path.join(import.meta.dirname, file), "utf8"), file);
    expect(template!.category).toMatch(/\w/);
    expect(template!.teaches.length).toBeGreaterThanOrEqual(2);
    for (const { name, description, exampleInput, definition: document } of [template!, ...companions]) {
      expect(name).toMatch(/\w/);
      expect(description).toMatch(/\w/);
      const { definition, problems } = validateWorkflow(document);
      expect(problems).toEqual([]);
      expect(validateAgainst(definition?.input ?? {}, exampleInput)).toEqual([]);
    }
  });

  it.each(files)("%s runs with what its form offers", (file) => {
    const { definition: document } = parseWorkflowFile(readFileSync(path.join(import.meta.dirname, file), "utf8"), file);
    const { properties = {} } = document.input as { properties?: Record<string, { default?: unknown }> };
    const offered = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schema.default]));
    expect(validateAgainst(document.input as object, offered)).toEqual([]);
  });
});
