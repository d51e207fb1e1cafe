import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const page = fs.readFileSync(path.join(ROOT, "docs/security.md"), "utf8");
const rows = [...page.matchAll(/^\| (.+?) \| `([^`]+)`: (.+?) \|$/gm)].map(([, attack = "", file = "", title = ""]) => [attack, file, title] as const);

it("names a test for every attack that it lists", () => {
  expect(rows.length).toBe(page.split("\n").filter((line) => line.startsWith("| ")).length - 1);
});

it.each(rows)("%s: %s has the test", (_, file, title) => {
  expect(fs.readFileSync(path.join(ROOT, file), "utf8")).toContain(title);
});
