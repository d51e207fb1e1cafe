import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
/** What begins something as it is loaded. */
const PROGRAMS = /(?:^|\/)(?:main|cli\/command|(?:supervisor|postgres)\/[a-z-]+-command|new-migration|run-suites|load-all)\.ts$|\.d\.ts$|\.test\.ts$|(?:^|\/)testing\//;

it("each module of the server loads as the product loads it: Node finds fewer names in packages of CommonJS than the tests' own loader", () => {
  const files = fs.readdirSync(path.join(root, "server"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !PROGRAMS.test(file));
  expect(files.length).toBeGreaterThan(500);
  const { stdout, status } = spawnSync(process.execPath, ["--import", "tsx", path.join(import.meta.dirname, "load-all.ts")], {
    cwd: root,
    input: files.map((file) => path.join(root, "server", file)).join("\n"),
    encoding: "utf8",
  });
  expect([stdout, status]).toEqual(["", 0]);
});
