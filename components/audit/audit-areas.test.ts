import fs from "node:fs";
import { expect, test } from "vitest";
import { AUDIT_AREAS } from "./audit-areas";

const ACTION = /\baction: (?:[^"\n,]*\? )?["`]([a-z_]+)\.[a-z_$]/g;

test("whatever is written into the audit log is in an area that can be chosen", () => {
  const files = fs.readdirSync("server", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("testing/"));
  const written = new Set(files.flatMap((file) => [...fs.readFileSync(`server/${file}`, "utf8").matchAll(ACTION)].map(([, area]) => area!)));
  expect(written.size).toBeGreaterThan(30);
  expect([...written].filter((area) => !AUDIT_AREAS.some(({ value }) => value === area)).toSorted()).toEqual([]);
});
