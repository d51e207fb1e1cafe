import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ArchiveError, readTar, TAR_END, tarHeader, tarPadding } from "./tar";

const files: [string, Buffer][] = [
  ["manifest.json", Buffer.from("{}")],
  ["empty", Buffer.alloc(0)],
  ["table/run.000001.copy", Buffer.alloc(1500, "x")],
  ["exact", Buffer.alloc(512, "y")],
];
const archive = Buffer.concat([
  ...files.flatMap(([name, content]) => [tarHeader(name, content.length, new Date(0)), content, tarPadding(content.length)]),
  TAR_END,
]);

async function* inPieces(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield await Promise.resolve(data.subarray(at, at + size));
}

async function readAll(data: Buffer, size: number): Promise<[string, Buffer][]> {
  const found: [string, Buffer][] = [];
  for await (const entry of readTar(inPieces(data, size))) {
    const parts: Buffer[] = [];
    for await (const part of entry.content) parts.push(part);
    found.push([entry.name, Buffer.concat(parts)]);
  }
  return found;
}

describe("tar", () => {
  it.each([1, 7, 511, 512, 513, 100_000])("reads back what it wrote, in pieces of %i bytes", async (size) => {
    expect(await readAll(archive, size)).toEqual(files);
  });

  it("skips what nobody read of an entry", async () => {
    const names: string[] = [];
    for await (const entry of readTar(inPieces(archive, 100))) names.push(entry.name);
    expect(names).toEqual(files.map(([name]) => name));
  });

  it("is understood by the tar program", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-tar-"));
    fs.writeFileSync(path.join(folder, "archive.tar"), archive);
    const listed = execFileSync("tar", ["-tf", path.join(folder, "archive.tar")], { encoding: "utf8" });
    fs.rmSync(folder, { recursive: true });
    expect(listed.trim().split("\n")).toEqual(files.map(([name]) => name));
  });

  it("refuses a damaged or shortened file", async () => {
    const damaged = Buffer.from(archive);
    damaged[3] = 7;
    await expect(readAll(damaged, 512)).rejects.toThrow(ArchiveError);
    await expect(readAll(archive.subarray(0, 2000), 512)).rejects.toThrow("ends in the middle");
    expect(() => tarHeader("n".repeat(101), 1, new Date())).toThrow(ArchiveError);
  });
});
