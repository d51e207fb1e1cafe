import type { Pool } from "pg";
import { createPool, PLANNED_ONCE } from "@/server/db/client";
import { BECOME_WORKER } from "@/server/db/roles";
import { env } from "@/server/env";

/** Connections for the queue's statements alone, past the pooler: settings and the role last as long as their connection, and cost its first use only. */
export function createQueuePool(options: { max: number; url?: string }): Pool {
  return createPool({ url: env.DATABASE_DIRECT_URL, ...options, name: "millrace worker", onConnect: (client) => client.query(`${PLANNED_ONCE}; ${BECOME_WORKER}`) });
}
