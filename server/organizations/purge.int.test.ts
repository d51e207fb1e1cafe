import { mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { putBlob } from "@/server/blobs/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { purgeWorkspaces } from "./service";

const folder = mkdtempSync(path.join(os.tmpdir(), "millrace-purge-"));
vi.stubEnv("BLOB_STORE", "file");
vi.stubEnv("MILLRACE_DATA_DIR", folder);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await closeConnections();
});

it("attack: workspaces whose store never answers keep no others from being purged", async () => {
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  const stuck: string[] = [];
  for (let n = 0; n < 5; n++) {
    const { workspaceId } = await makeScope("owner");
    stuck.push(workspaceId);
    await putBlob({ workspaceId, owner: { type: "run", id: newId() } }, "kept for nobody");
    await rawDb().blob.updateMany({ where: { workspaceId }, data: { store: "s3" } });
    await rawDb().workspace.update({ where: { id: workspaceId }, data: { deletedAt: ago(40) } });
  }
  const { workspaceId: last } = await makeScope("owner");
  await rawDb().workspace.update({ where: { id: last }, data: { deletedAt: ago(31) } });
  await expect(purgeWorkspaces()).rejects.toThrow("S3");
  await expect(purgeWorkspaces()).rejects.toThrow("S3");
  expect(await rawDb().workspace.count({ where: { id: last } })).toBe(0);
  expect(await rawDb().workspace.count({ where: { id: { in: stuck } } })).toBe(5);
  await rawDb().blob.updateMany({ where: { workspaceId: { in: stuck } }, data: { store: "file" } });
  await rawDb().workspace.updateMany({ where: { id: { in: stuck } }, data: { deletedAt: null } });
  await rm(path.join(folder, "blobs"), { recursive: true, force: true });
});

const files = async () => (await readdir(path.join(folder, "blobs"), { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length;

it("attack: a purged workspace leaves no file behind, and waits while its store does not answer", async () => {
  const { workspaceId } = await makeScope("owner");
  const where = { workspaceId };
  await putBlob({ workspaceId, owner: { type: "run", id: newId() } }, "kept for nobody");
  expect(await files()).toBe(1);
  await rawDb().workspace.update({ where: { id: workspaceId }, data: { deletedAt: new Date(Date.now() - 31 * 86_400_000) } });
  await rawDb().blob.updateMany({ where, data: { store: "s3" } });
  await expect(purgeWorkspaces()).rejects.toThrow("S3");
  expect(await rawDb().workspace.count({ where: { id: workspaceId } })).toBe(1);
  await rawDb().blob.updateMany({ where, data: { store: "file" } });
  expect(await purgeWorkspaces()).toBe(1);
  expect([await files(), await rawDb().workspace.count({ where: { id: workspaceId } })]).toEqual([0, 0]);
});
