import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { isBuildCurrent, isPrismaClientCurrent } from "./build";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-build-"));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function write(file: string, secondsAgo: number): void {
  const location = path.join(root, file);
  fs.mkdirSync(path.dirname(location), { recursive: true });
  fs.writeFileSync(location, "");
  const time = Date.now() / 1000 - secondsAgo;
  fs.utimesSync(location, time, time);
}

it("builds again when the note about the last build is damaged", () => {
  write(".next/millrace-build.json", 0);
  write(".next/standalone/server.js", 0);
  expect(isBuildCurrent(root)).toBe(false);
});

it("generates the Prisma client again when it is missing or a schema is newer", () => {
  write("prisma/schema/run.prisma", 60);
  write("prisma/schema/user.prisma", 90);
  expect(isPrismaClientCurrent(root)).toBe(false);
  write("prisma/generated/client.ts", 30);
  expect(isPrismaClientCurrent(root)).toBe(true);
  write("prisma/schema/user.prisma", 10);
  expect(isPrismaClientCurrent(root)).toBe(false);
});
