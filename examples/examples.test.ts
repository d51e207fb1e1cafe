import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { validateAgainst } from "@/server/schema/validate-json";

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".yaml"));

describe("examples", () => {
  it("there are at least four", () => {
    expect(files.length).toBeGreaterThanOrEqual(4);
  });

  it.each(files)("%s is a workflow without a problem, and its example input fits", (file) => {
    const { name, description, exampleInput, ...document } = parse(readFileSync(path.join(import.meta.dirname, file), "utf8")) as Record<string, unknown>;
    expect(name).toMatch(/\w/);
    expect(description).toMatch(/\w/);
    const { definition, problems } = validateWorkflow(document);
    expect(problems).toEqual([]);
    expect(validateAgainst(definition?.input ?? {}, exampleInput)).toEqual([]);
  });
});
