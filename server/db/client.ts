import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { PrismaClient } from "@/prisma/generated/client";
import { env } from "@/server/env";
import { LastingClient } from "./kept-statements";
import { statementName } from "./planned";
import { BECOME_WORKER } from "./roles";
import { TenantPool } from "./tenant-begin";

/**
 * Unscoped access: sees every tenant. For sign-in, the queue, the worker, sweeps and what mints scopes; domain services
 * use the scoped client of a Scope.
 */
interface Connections {
  pool: pg.Pool;
  db: PrismaClient;
  planned?: pg.Pool;
}

const CONNECT_TIMEOUT_MS = 10_000;
const TRANSACTION_TIMEOUT_MS = 15_000;

// A development server reloads modules; the connections survive it here.
const holder = globalThis as typeof globalThis & { millraceConnections?: Connections };

let isWorker = false;

/** For the start of a worker process: its shared connections may not touch sign-in data. */
export function connectAsWorker(): void {
  isWorker = true;
}

function connections(): Connections {
  return (holder.millraceConnections ??= connect());
}

function connect(): Connections {
  const max = env.DATABASE_POOL_SIZE;
  // A role that lasts as long as its connection must not wander to others through a pooler.
  const pool = isWorker ? createPool({ max, url: env.DATABASE_DIRECT_URL, onConnect: (client) => client.query(BECOME_WORKER) }) : createPool({ max });
  // While all connections are in use, a transaction waits for one as long as anybody who asks the pool does.
  return { pool, db: new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementName }), transactionOptions: { maxWait: CONNECT_TIMEOUT_MS, timeout: TRANSACTION_TIMEOUT_MS } }) };
}

/** A pool of its own, for those whose traffic must not queue behind others' (worker, LISTEN). */
export function createPool(options: { max: number; url?: string; name?: string; query_timeout?: number; onConnect?: (client: pg.ClientBase) => Promise<unknown> }): pg.Pool {
  const { max, url, name, ...hooks } = options;
  const pool = new TenantPool({
    Client: LastingClient,
    connectionString: url ?? env.DATABASE_URL,
    max,
    application_name: name ?? "millrace",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...hooks,
  });
  // An idle connection that breaks is replaced at the next use; whoever uses it then gets the error.
  pool.on("error", () => {});
  // So is one that breaks between the statements of a transaction; without a listener that would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/**
 * Planned once, for any number of rows, and never compiled. A plan may be made while a table is empty and used when it holds
 * millions of rows, so every access goes by an index.
 */
export const PLANNED_ONCE = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";
const PLANNED_CONNECTIONS = 4;

/** For the few statements that nearly every request of the ingress needs. Past the pooler: the settings last as long as their connection. */
export function plannedPool(): pg.Pool {
  const settings = isWorker ? `${PLANNED_ONCE}; ${BECOME_WORKER}` : PLANNED_ONCE;
  return (connections().planned ??= createPool({ max: PLANNED_CONNECTIONS, url: env.DATABASE_DIRECT_URL, onConnect: (client) => client.query(settings) }));
}

/** The process's shared pool. */
export function sharedPool(): pg.Pool {
  return connections().pool;
}

export function rawDb(): PrismaClient {
  return connections().db;
}

export async function closeConnections(): Promise<void> {
  const open = holder.millraceConnections;
  delete holder.millraceConnections;
  await open?.db.$disconnect();
  await Promise.all([open?.pool.end(), open?.planned?.end()]);
}
