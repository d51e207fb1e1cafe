import type { Pool } from "pg";
import { createPool } from "@/server/db/client";
import { BECOME_WORKER } from "@/server/db/roles";
import { env } from "@/server/env";

/**
 * Connections for the queue's statements alone: planned once, for any number of rows, and never compiled. A plan may be made
 * while the queue is empty and used when it holds a million runs, so every access goes by an index.
 */
const SETTINGS = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";

/** Past the pooler: settings and the role last as long as their connection, and cost its first use only. */

export function createQueuePool(options: { max: number; url?: string }): Pool {
  return createPool({ url: env.DATABASE_DIRECT_URL, ...options, name: "millrace worker", onConnect: (client) => client.query(`${SETTINGS}; ${BECOME_WORKER}`) });
}
