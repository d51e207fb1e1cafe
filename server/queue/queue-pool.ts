import type { Pool } from "pg";
import { createPool } from "@/server/db/client";

/** Connections for the queue's statements alone: planned once, for any number of rows, and never compiled. */
export function createQueuePool(options: { max: number; url?: string }): Pool {
  // Not as a connection option: poolers refuse those.
  return createPool({ ...options, name: "millrace worker", onConnect: (client) => client.query("SET plan_cache_mode = force_generic_plan; SET jit = off") });
}
