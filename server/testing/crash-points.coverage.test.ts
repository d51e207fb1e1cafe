import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const SERVER = path.resolve(import.meta.dirname, "..");
const files = fs.readdirSync(SERVER, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const read = (file: string) => fs.readFileSync(path.join(SERVER, file), "utf8");
const isTest = (file: string) => file.endsWith(".test.ts") || file.includes(`testing${path.sep}`);

it("every named crash point is one at which a crash test dies", () => {
  const named = new Set(files.filter((file) => !isTest(file)).flatMap((file) => [...read(file).matchAll(/crashPoint\(([^)]*)\)/g)].flatMap(([, inner = ""]) => [...inner.matchAll(/"([a-z-]+)"/g)].map(([, name = ""]) => name))));
  const tests = files.filter((file) => file.endsWith(".crash.test.ts") || /testing[/\\].*crash/.test(file)).map(read).join("\n");
  expect(named.size).toBeGreaterThan(20);
  const died = (name: string) => new RegExp(`"${name}(:\\d+)?"`).test(tests);
  expect([...named].filter((name) => name !== "later" && !died(name))).toEqual([]);
});
