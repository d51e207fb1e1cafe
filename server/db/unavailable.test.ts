import { createServer } from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { expect, it } from "vitest";
import { PrismaClient } from "@/prisma/generated/client";
import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { isDatabaseUnavailable } from "./unavailable";

const failureOf = (work: Promise<unknown>) => work.then(() => null, (error: unknown) => error);

it("knows a database that is not there, from the driver and from Prisma", async () => {
  const pool = new pg.Pool({ connectionString: "postgresql://nobody@127.0.0.1:1/none" });
  expect(isDatabaseUnavailable(await failureOf(pool.query("select 1")))).toBe(true);
  const db = new PrismaClient({ adapter: new PrismaPg(pool) });
  expect(isDatabaseUnavailable(await failureOf(db.workspace.count()))).toBe(true);
  expect(isDatabaseUnavailable(await failureOf(db.$transaction((tx) => tx.workspace.count())))).toBe(true);
  await pool.end();
});

it("knows a server that hangs up", async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const pool = new pg.Pool({ connectionString: `postgresql://nobody@127.0.0.1:${port}/none` });
  expect(isDatabaseUnavailable(await failureOf(pool.query("select 1")))).toBe(true);
  await pool.end();
  server.close();
});

it("takes no other error for it", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  expect(isDatabaseUnavailable(new BlobStoreUnavailable("s3", refused))).toBe(false);
  expect(isDatabaseUnavailable(new Error("while dispatching", { cause: new BlobStoreUnavailable("file", refused) }))).toBe(false);
  expect(isDatabaseUnavailable(Object.assign(refused, { $metadata: {} }))).toBe(false);
  expect(isDatabaseUnavailable(await failureOf(fetch("http://127.0.0.1:1/")))).toBe(false);
  expect(isDatabaseUnavailable(new Error("syntax error at or near"))).toBe(false);
  expect(isDatabaseUnavailable(Object.assign(new Error("duplicate key"), { code: "23505" }))).toBe(false);
  expect(isDatabaseUnavailable("ECONNREFUSED")).toBe(false);
  expect(isDatabaseUnavailable(new Error("outer", { cause: Object.assign(new Error("inner"), { code: "57P01" }) }))).toBe(true);
});
