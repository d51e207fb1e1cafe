import { encodeValue } from "@/server/expressions/encoding";

/** An event as its kind hands it over. Once `recordEvent` has answered, it is durable. */
export interface NewEvent {
  /** Chosen before by who puts files into the blob store for it, under the owner `trigger_event`. */
  id?: string;
  trigger: { id: string; workspaceId: string };
  /** A second event of the trigger with this key is the same event, and starts nothing. */
  dedupeKey: string;
  /** The key that it has where an earlier release has recorded the same content: it is that event then. */
  formerKey?: string | undefined;
  /** After this time the same key is another event; without it, never. */
  dedupeWindowSeconds?: number;
  headers?: Record<string, string>;
  /** As it came. */
  body?: Uint8Array | string | null;
  contentType?: string | null;
  /** What the kind knows besides: it stands in `trigger` beside headers and body. */
  meta?: Record<string, unknown>;
  receivedAt?: Date;
  /** `test` events are captured for the builder, `resent` ones pass a suspended trigger. */
  origin?: "live" | "resent" | "test";
  /** Who sent it again: the run is started by them. */
  startedById?: string | null;
}

/** `refused`: the trigger is disabled, or there is no such trigger. */
export type EventStatus = "received" | "held" | "captured" | "started" | "failed" | "missed" | "filtered" | "discarded" | "refused";

export interface RecordedEvent {
  eventId: string;
  /** The run that the event becomes. */
  runId: string;
  status: EventStatus;
  /** False: it was recorded before. */
  isNew: boolean;
}

/** Content type of bodies that are values in Millrace's own encoding (dates, big numbers, files). */
export const VALUE_TYPE = "application/vnd.millrace+json";

/** A body for kinds whose events are values already. Text from outside never goes this way: its markers would be believed. */
export function valueBody(value: unknown): Pick<NewEvent, "body" | "contentType"> {
  return { body: encodeValue(value), contentType: VALUE_TYPE };
}
