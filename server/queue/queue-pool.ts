import type { Pool } from "pg";
import { createPool, PLANNED_ONCE } from "@/server/db/client";
import { BECOME_WORKER } from "@/server/db/roles";
import { env } from "@/server/env";

/** How long a statement of the queue waits for a lock, takes in all, and is listened for should the server have gone silent. */
const TIMES = { lockMs: 5_000, statementMs: 60_000, silentMs: 75_000 };

/** Connections for the queue's statements alone, past the pooler: settings and the role last as long as their connection, and cost its first use only. */
export function createQueuePool({ times, ...options }: { max: number; url?: string; times?: Partial<typeof TIMES> }): Pool {
  const { lockMs, statementMs, silentMs } = { ...TIMES, ...times };
  const settings = `${PLANNED_ONCE}; SET lock_timeout = ${lockMs}; SET statement_timeout = ${statementMs}; ${BECOME_WORKER}`;
  return createPool({ url: env.DATABASE_DIRECT_URL, ...options, name: "millrace worker", query_timeout: silentMs, onConnect: (client) => client.query(settings) });
}
