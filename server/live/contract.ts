import { z } from "zod";

/**
 * The stream at `/api/live?workspace=SLUG&topic=runs&topic=run:ID&after=LAST`: one per browser, for all its tabs. Another set
 * of topics is another stream; `after` (or the header Last-Event-ID) names the last message that was seen.
 */
export const LIVE_PATH = "/api/live";

/** `runs`: some run of the workspace; `run:ID`: this run, its text chunks too; `workflow:ID`: draft, versions, archive; `triggers`, `trigger:ID`: their events, mode, health; `alerts`: inboxes and deliveries of notifications; `presence:ID`: who has the workflow open. */
export const topicSchema = z.string().regex(/^(runs|triggers|alerts|(run|workflow|trigger|presence):[0-9a-f-]{36})$/);
export const MAX_TOPICS = 100;

/** Names and data of the messages. */
export const liveMessageSchemas = {
  /** First of every connection. Not resumed: messages may have been missed, ask for everything again. */
  ready: z.object({ resumed: z.boolean() }),
  /** Something about the topic is different; what, the ordinary calls tell. */
  changed: z.object({ topic: topicSchema }),
  /** Live text of a running step (LLM tokens). */
  chunk: z.object({ runId: z.string(), path: z.string(), chunk: z.string() }),
} as const;

export type LiveChunk = z.output<typeof liveMessageSchemas.chunk>;
