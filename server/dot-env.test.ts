import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { loadDotEnv } from "@/server/dot-env";

const root = path.resolve(import.meta.dirname, "..");
const { scripts, bin } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string>; bin: Record<string, string> };

it("gives what is not set, and nothing else", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dot-env-"));
  fs.writeFileSync(path.join(folder, ".env"), "DOT_ENV_TEST_NEW=from file\nDOT_ENV_TEST_SET=from file\n");
  process.env.DOT_ENV_TEST_SET = "set";
  loadDotEnv(folder);
  expect([process.env.DOT_ENV_TEST_NEW, process.env.DOT_ENV_TEST_SET]).toEqual(["from file", "set"]);
  loadDotEnv(path.join(folder, "nowhere"));
  fs.rmSync(folder, { recursive: true });
  delete process.env.DOT_ENV_TEST_NEW;
  delete process.env.DOT_ENV_TEST_SET;
});

/** Whatever opens an installation; not what builds, tests or measures. */
const commands = Object.entries(scripts).flatMap(([name, script]) => {
  const [file] = /(?:server|prisma)\/\S+\.ts/.exec(script) ?? [];
  return file === undefined || ["test", "build", "migrate:new"].includes(name) ? [] : [file];
});

it.each(commands)("is what %s reads first", (file) => {
  const [first] = /^import .*/m.exec(fs.readFileSync(path.join(root, file), "utf8")) ?? [];
  expect(first).toBe('import "@/server/dot-env";');
});

it("is what the command line reads first, and there are other commands", () => {
  expect(commands.length).toBeGreaterThan(3);
  for (const file of Object.values(bin)) expect(fs.readFileSync(path.join(root, file), "utf8")).toMatch(/^register\(\);\nawait import\("\.\/command\.ts"\);\n$/m);
  expect(fs.readFileSync(path.join(root, "server/cli/command.ts"), "utf8")).toMatch(/^import "@\/server\/dot-env";\n/);
});
