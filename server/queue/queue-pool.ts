import type { Pool } from "pg";
import { createPool } from "@/server/db/client";

/** Connections for the queue's statements alone: planned once, for any number of rows, and never compiled. */
export function createQueuePool(options: { max: number; url?: string }): Pool {
  const pool = createPool({ ...options, name: "millrace worker" });
  // Not as a connection option: poolers refuse those. The client sends it before whatever follows.
  pool.on("connect", (client) => void client.query("SET plan_cache_mode = force_generic_plan; SET jit = off").catch(() => {}));
  return pool;
}
