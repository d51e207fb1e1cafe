import path from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

/** A small house of its own, with the product's lint configuration and one file for each thing that is forbidden. */
const house = path.join(import.meta.dirname, "fixtures/house");
const linter = new ESLint({
  cwd: house,
  overrideConfigFile: path.join(import.meta.dirname, "../eslint.config.mjs"),
  ignore: false,
});

async function rulesBrokenBy(file: string): Promise<(string | null)[]> {
  const results = await linter.lintFiles([path.join(house, file)]);
  return results.flatMap((result) => result.messages.map((message) => message.ruleId));
}

describe("the lint configuration", { timeout: 120_000 }, () => {
  it.each([
    ["server/engine/reads-database.ts", "millrace/direction"],
    ["server/engine/reads-files.ts", "millrace/direction"],
    ["server/runs/router.ts", "millrace/direction"],
    ["server/runs/stranger.ts", "millrace/direction"],
    ["server/runs/unscoped.ts", "millrace/direction"],
    ["components/whole-server.ts", "millrace/direction"],
    ["components/reads-runs.ts", "millrace/direction"],
    ["server/cycle/first.ts", "millrace/no-cycles"],
    ["server/cycle/second.ts", "millrace/no-cycles"],
    ["server/runs/environment.ts", "no-restricted-syntax"],
    ["server/runs/testing/hasty.ts", "no-restricted-syntax"],
    ["server/runs/forgetful.ts", "@typescript-eslint/no-floating-promises"],
  ])("refuses %s by %s", async (file, rule) => {
    expect(await rulesBrokenBy(file)).toEqual([rule]);
  });

  it.each([
    "server/engine/sound.ts",
    "server/engine/type-cycle.ts",
    "server/engine/limited.ts",
    "server/runs/service.ts",
    "server/runs/queries.ts",
    "components/typed-client.ts",
    "server/trpc/root.ts",
  ])("accepts %s", async (file) => {
    expect(await rulesBrokenBy(file)).toEqual([]);
  });

  it("refuses a file of more than 400 lines", async () => {
    const lines = Array.from({ length: 401 }, (_, index) => `export const value${index} = ${index};`).join("\n");
    const [result] = await linter.lintText(lines, { filePath: path.join(house, "server/engine/limit.ts") });
    expect(result?.messages.map((message) => message.ruleId)).toEqual(["max-lines"]);
  });
});
