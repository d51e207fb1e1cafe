import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { newId } from "@/server/db/id";
import { type BlobContent, BlobStoreUnavailable } from "./contract";
import { s3Content } from "./s3-content";
import { watched } from "./watched-content";

afterEach(() => void vi.unstubAllEnvs());

const place = { workspaceId: newId(), blobId: newId() };

async function readAll(content: BlobContent): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content.read(place)) parts.push(part);
  return Buffer.concat(parts).toString();
}

it.each([
  ["does not answer", false],
  ["stops in the middle", true],
])("counts a store that %s as away, and hangs up", async (_what, begins) => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "of-the-test");
  // Reading it in takes its time.
  await import("@aws-sdk/client-s3");
  let hungUp = false;
  const server = createServer((_request, response) => {
    response.on("close", () => (hungUp = true));
    if (begins) response.writeHead(200, { "content-length": "100" }).write("half");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error: unknown = await readAll(watched("s3", s3Content({ bucket: "b", prefix: "", region: "us-east-1", endpoint }), 3_000)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BlobStoreUnavailable);
    expect((error as Error).message).toContain("gave nothing for 3 seconds");
    await expect.poll(() => hungUp).toBe(true);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it("gives whoever reads slowly all the time", async () => {
  const content = watched("file", { async *read() { yield Buffer.from("a"); yield Buffer.from("b"); }, write: () => Promise.reject(new Error("not here")), remove: () => Promise.resolve() }, 1_000);
  let text = "";
  for await (const part of content.read(place)) {
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    text += Buffer.from(part).toString();
  }
  expect(text).toBe("ab");
});
