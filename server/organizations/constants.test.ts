import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createWorkspaceInput } from "./contract";
import { RESERVED_SLUGS } from "./constants";
import { freeSlug } from "./free-slug";

function pagesIn(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name.startsWith("[")) return [];
    return entry.name.startsWith("(") ? pagesIn(path.join(folder, entry.name)) : [entry.name];
  });
}

it("are all that the installation's own pages begin with", () => {
  expect([...RESERVED_SLUGS].sort()).toEqual(pagesIn(path.resolve(import.meta.dirname, "../../app")).sort());
});

it("are no workspace's, chosen or found", async () => {
  expect(createWorkspaceInput.safeParse({ name: "x", slug: "metrics" }).success).toBe(false);
  expect(createWorkspaceInput.safeParse({ name: "x", slug: "metrics-2" }).success).toBe(true);
  expect(await freeSlug("Profile", () => Promise.resolve(false))).toBe("profile-2");
});
