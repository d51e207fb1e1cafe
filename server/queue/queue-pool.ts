import type { Pool } from "pg";
import { createPool } from "@/server/db/client";

/**
 * Connections for the queue's statements alone: planned once, for any number of rows, and never compiled. A plan may be made
 * while the queue is empty and used when it holds a million runs, so every access goes by an index.
 */
const SETTINGS = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";

export function createQueuePool(options: { max: number; url?: string }): Pool {
  // Not as a connection option: poolers refuse those.
  return createPool({ ...options, name: "millrace worker", onConnect: (client) => client.query(SETTINGS) });
}
