import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { sourceStamp } from "@/server/supervisor/build-stamp";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-stamp-"));

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

it("changes with the sources, the packages and the configuration, and with nothing else", () => {
  write("app/page.tsx", "one");
  write("package-lock.json", "{}");
  const first = sourceStamp(root);
  write("app/page.tsx", "one");
  write("app/page.test.tsx", "a test is not built");
  write("README.md", "nor is the README");
  expect(sourceStamp(root)).toBe(first);
  const stamps = new Set([first]);
  for (const file of ["app/page.tsx", "server/new/service.ts", "package-lock.json", "next.config.ts"]) {
    write(file, `changed ${file}`);
    stamps.add(sourceStamp(root));
  }
  fs.renameSync(path.join(root, "app/page.tsx"), path.join(root, "app/layout.tsx"));
  stamps.add(sourceStamp(root));
  expect(stamps.size).toBe(6);
});
