import { z } from "zod";
import { requiredText } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, remoteFields } from "@/server/triggers/remote-fields";

export const postgresConfig = z.strictObject({
  ...remoteFields(5_432),
  database: requiredText(200),
  channel: requiredText(63).describe("As in NOTIFY. Notices that come while nobody listens are lost."),
});
export type PostgresConfig = z.output<typeof postgresConfig>;

export const postgres = {
  kind: "postgres",
  title: "PostgreSQL notice",
  summary: "Starts a run for each NOTIFY on a channel of a PostgreSQL database.",
  icon: "database",
  config: postgresConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check: checkTls,
} as const satisfies TriggerKindSpec;
