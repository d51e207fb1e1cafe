import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const workerSchema = z.object({
  id: z.string(),
  name: z.string(),
  pools: z.array(z.string()),
  slots: z.int(),
  busy: z.int(),
  /** What its steps may ask for in all; null: it has not said so. */
  capacity: z.object({ cpu: z.number(), memoryMb: z.number() }).nullable(),
  version: z.string(),
  cpu: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  startedAt: momentSchema,
  lastSeenAt: momentSchema,
  /** `lost`: its process has ended without stopping, as others of its machine found; `silent`: nothing is known of it. */
  status: z.enum(["alive", "draining", "silent", "lost", "stopped"]),
});
export type WorkerSummary = z.output<typeof workerSchema>;

export const queueSchema = z.object({ queued: z.int(), running: z.int(), waiting: z.int(), blocked: z.int() });
export const workersViewSchema = z.object({ workers: z.array(workerSchema), queue: queueSchema });
