import net from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { PrismaClient } from "@/prisma/generated/client";
import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { createPool } from "./client";
import { LastingClient } from "./kept-statements";
import { isDatabaseUnavailable } from "./unavailable";

const NOWHERE = "postgresql://nobody@127.0.0.1:1/none";
const failureOf = (work: Promise<unknown>) => work.then(() => null, (error: unknown) => error);

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function poolAt(url: string): pg.Pool {
  const pool = createPool({ max: 1, url });
  ends.push(() => pool.end());
  return pool;
}

/** A server that closes what connects to it. */
async function hangingUp(): Promise<string> {
  const server = net.createServer((socket) => socket.destroy());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  ends.push(() => server.close());
  return `postgresql://nobody@127.0.0.1:${(server.address() as net.AddressInfo).port}/none`;
}

describe("our own database", () => {
  it("that is not there is known, from the driver and from Prisma", async () => {
    const pool = poolAt(NOWHERE);
    const db = new PrismaClient({ adapter: new PrismaPg(pool) });
    const client = new LastingClient({ connectionString: NOWHERE });
    const asked = [pool.query("select 1"), pool.connect(), client.connect(), db.workspace.count(), db.$transaction((tx) => tx.workspace.count())];
    for (const failure of await Promise.all(asked.map(failureOf))) expect(isDatabaseUnavailable(failure), String(failure)).toBe(true);
    const called = await new Promise((resolve) => pool.query("select 1", resolve));
    expect(isDatabaseUnavailable(called)).toBe(true);
    expect(isDatabaseUnavailable(new Error("while looking", { cause: called }))).toBe(true);
  });

  it("that hangs up is known", async () => {
    const pool = poolAt(await hangingUp());
    const db = new PrismaClient({ adapter: new PrismaPg(pool) });
    for (const failure of await Promise.all([pool.query("select 1"), db.$queryRaw`select 1`].map(failureOf))) expect(isDatabaseUnavailable(failure), String(failure)).toBe(true);
  });
});

describe("others", () => {
  it("that cannot be reached are not taken for it, whatever talks to them", async () => {
    const socket = new Promise((_, refused) => net.connect(1, "127.0.0.1").on("error", refused));
    const foreign = new pg.Client({ connectionString: NOWHERE });
    const hung = new pg.Client({ connectionString: await hangingUp() });
    for (const failure of await Promise.all([socket, foreign.connect(), hung.connect(), fetch("http://127.0.0.1:1/")].map(failureOf))) {
      expect(failure).toBeInstanceOf(Error);
      expect(isDatabaseUnavailable(failure), String(failure)).toBe(false);
      expect(isDatabaseUnavailable(new Error("while looking", { cause: failure }))).toBe(false);
      expect(isDatabaseUnavailable(new BlobStoreUnavailable("s3", failure))).toBe(false);
      expect(isDatabaseUnavailable(new AggregateError([failure]))).toBe(false);
    }
  });

  it("are not asked when what failed was a statement", () => {
    expect(isDatabaseUnavailable(new Error("syntax error at or near"))).toBe(false);
    expect(isDatabaseUnavailable(Object.assign(new Error("duplicate key"), { code: "23505" }))).toBe(false);
    expect(isDatabaseUnavailable("ECONNREFUSED")).toBe(false);
  });
});
