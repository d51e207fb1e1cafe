/**
 * The stream at `/api/live?workspace=SLUG&topic=runs&topic=run:ID&after=LAST`: one per browser, for all its tabs. Another set
 * of topics is another stream; `after` (or the header Last-Event-ID) names the last message that was seen.
 */
export const LIVE_PATH = "/api/live";
export const MAX_TOPICS = 100;

/** Names of the messages. */
export const LIVE_NAMES = ["ready", "changed", "chunk"] as const;
