import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { CATALOG } from "./catalog";

const HERE = import.meta.dirname;
const namesIn = (folder: string) => readdirSync(path.join(HERE, folder));
const folders = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory() && namesIn(entry.name).includes("runner.ts")).map(({ name }) => name);

it.each(folders)("%s has tests of its own that carry its steps out", (folder) => {
  const spec = readFileSync(path.join(HERE, folder, "spec.ts"), "utf8");
  const kind = Object.keys(CATALOG).find((name) => spec.includes(`kind: "${name}"`));
  const tests = namesIn(folder).filter((name) => name.endsWith(".test.ts")).map((name) => readFileSync(path.join(HERE, folder, name), "utf8"));
  expect(kind).toBeDefined();
  expect(tests.some((text) => text.includes("createStepBench") && (text.includes(`run("${kind!}"`) || text.includes("run(kind")))).toBe(true);
});
