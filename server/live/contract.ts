import { z } from "zod";
import type { LIVE_NAMES } from "./constants";

/** `runs`: some run of the workspace; `run:ID`: this run, its text chunks too; `workflow:ID`: draft, versions, archive; `triggers`, `trigger:ID`: their events, mode, health; `alerts`: inboxes and deliveries of notifications; `views`: saved filters; `presence:ID`: who has the workflow open. */
export const topicSchema = z.string().regex(/^(runs|workflows|triggers|alerts|views|(run|workflow|trigger|presence):[0-9a-f-]{36})$/);

/** Data of the messages, by name. */
export const liveMessageSchemas = {
  /** First of every connection. Not resumed: messages may have been missed, ask for everything again. */
  ready: z.object({ resumed: z.boolean() }),
  /** Something about the topic is different; what, the ordinary calls tell. */
  changed: z.object({ topic: topicSchema }),
  /** Live text of a running step (LLM tokens). */
  chunk: z.object({ runId: z.string(), path: z.string(), chunk: z.string() }),
} as const satisfies Record<(typeof LIVE_NAMES)[number], z.ZodType>;

export type LiveChunk = z.output<typeof liveMessageSchemas.chunk>;
