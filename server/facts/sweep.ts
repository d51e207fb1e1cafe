import { sharedPool } from "@/server/db/client";

const KEEP_FACTS_DAYS = 7;
const KEEP_NOTIFICATIONS_DAYS = 90;
const BATCH = 5_000;

const FACTS = "DELETE FROM platform_fact WHERE id IN (SELECT id FROM platform_fact WHERE done_at < (SELECT clock_timestamp()) - make_interval(days => $1) LIMIT $2)";
const NOTIFICATIONS = "DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE created_at < (SELECT clock_timestamp()) - make_interval(days => $1) ORDER BY created_at LIMIT $2)";

/** Facts that are done with, and notifications that nobody looks at any more, with their deliveries. */
export async function sweepFacts(): Promise<number> {
  const facts = await sharedPool().query(FACTS, [KEEP_FACTS_DAYS, BATCH]);
  const notifications = await sharedPool().query(NOTIFICATIONS, [KEEP_NOTIFICATIONS_DAYS, BATCH]);
  return (facts.rowCount ?? 0) + (notifications.rowCount ?? 0);
}
