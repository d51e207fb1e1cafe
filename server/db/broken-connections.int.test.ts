import net from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrismaClient } from "@/prisma/generated/client";
import { createPool, sharedPool } from "@/server/db/client";
import { env } from "@/server/env";
import { isConnectionProblem } from "@/server/queue/database-errors";
import { isDatabaseUnavailable } from "./unavailable";

const APPLICATION = "broken connections";

let pool: pg.Pool;
let db: PrismaClient;
let relay: net.Server;
const sockets = new Set<net.Socket>();

/** Between us and the database, so that connections can be cut as by a network. */
beforeAll(async () => {
  const url = new URL(env.DATABASE_URL);
  const [port, host] = [Number(url.port === "" ? 5432 : url.port), url.hostname];
  relay = net.createServer((near) => {
    const far = net.connect(port, host);
    sockets.add(near);
    near.pipe(far).pipe(near);
    for (const [one, other] of [[near, far], [far, near]] as const) one.on("error", () => {}).on("close", () => other.destroy());
  });
  await new Promise<void>((listening) => relay.listen(0, "127.0.0.1", listening));
  url.port = String((relay.address() as net.AddressInfo).port);
  url.hostname = "127.0.0.1";
  pool = createPool({ max: 2, url: url.href, name: APPLICATION });
  db = new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: { maxWait: 200 } });
});
afterAll(async () => {
  await pool.end();
  relay.close();
});

function cut(how: "destroy" | "resetAndDestroy"): void {
  for (const socket of sockets) socket[how]();
  sockets.clear();
}

const TERMINATE = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1 and datname = current_database()";
const SLEEPING = "select count(*)::int as n from pg_stat_activity where application_name = $1 and datname = current_database() and wait_event = 'PgSleep'";
const failureOf = (work: PromiseLike<unknown>) => Promise.resolve(work).then(() => null, (error: unknown) => error);

/** What statements under way fail with when this happens to them: of the plain driver, of Prisma, and of one with a name. */
async function failures(happen: () => unknown): Promise<unknown[]> {
  const found = [];
  for (const start of [() => pool.query("select pg_sleep(60)"), () => db.$queryRaw`select pg_sleep(60)::text`, () => pool.query({ name: "sleeps", text: "select pg_sleep(60)" })]) {
    const failure = failureOf(start());
    await expect.poll(async () => (await sharedPool().query<{ n: number }>(SLEEPING, [APPLICATION])).rows).toEqual([{ n: 1 }]);
    await happen();
    found.push(await failure);
    // A server that sleeps does not notice that nobody listens.
    await sharedPool().query(TERMINATE, [APPLICATION]);
  }
  return found;
}

describe("a connection that breaks under a statement says that the database is away", () => {
  const HAPPENS: Record<string, () => unknown> = {
    closed: () => cut("destroy"),
    reset: () => cut("resetAndDestroy"),
    "ended by the server": () => sharedPool().query(TERMINATE, [APPLICATION]),
  };
  it.each(Object.entries(HAPPENS))("%s", async (_, happen) => {
    for (const failure of await failures(happen)) expect([isDatabaseUnavailable(failure), failure]).toEqual([true, failure]);
  });

  it("between the statements of a transaction", async () => {
    const failure = await failureOf(
      db.$transaction(async (tx) => {
        await tx.$queryRaw`select 1`;
        cut("destroy");
        await tx.$queryRaw`select pg_sleep(1)::text`;
      }),
    );
    expect([isDatabaseUnavailable(failure), failure]).toEqual([true, failure]);
    const client = await pool.connect();
    await client.query("begin");
    cut("resetAndDestroy");
    const plain = await failureOf(client.query("select pg_sleep(1)"));
    client.release(true);
    expect([isConnectionProblem(plain), plain]).toEqual([true, plain]);
  });

  it("so does one that no transaction gets in time", async () => {
    const held = await Promise.all([pool.connect(), pool.connect()]);
    const failure = await failureOf(db.$transaction((tx) => tx.$queryRaw`select 1`));
    held.forEach((client) => client.release());
    expect([isDatabaseUnavailable(failure), failure]).toEqual([true, failure]);
  });
});
