import { z } from "zod";
import { choice, requiredText } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";
import { checkTls, remoteFields } from "@/server/triggers/remote-fields";

export const OPERATIONS = ["insert", "update", "delete", "truncate"] as const;

const OPERATION_NAMES = { insert: "INSERT", update: "UPDATE", delete: "DELETE", truncate: "TRUNCATE" } as const satisfies Record<(typeof OPERATIONS)[number], string>;

export const postgresChangesConfig = z.strictObject({
  ...remoteFields(5_432),
  database: requiredText(200),
  tables: z.array(requiredText(130)).min(1).max(200).describe("Names as `table` in the schema public, or `schema.table`."),
  operations: z.array(choice(OPERATION_NAMES)).min(1).default(["insert", "update", "delete"]),
  oldValues: choice({ key: "Its key", all: "All of it" }).default("key").describe("What is known of a row before an update or delete: its key, or all of it. For all of it the tables are set to REPLICA IDENTITY FULL."),
  onDisable: choice({ keep: "Keep the slot", drop: "Drop the slot" }).default("keep").describe("A slot that is kept goes on collecting changes while the trigger is disabled, and the server keeps its log for them; deleting the trigger drops it."),
  onPause: choice({ keep: "Keep the slot", drop: "Drop the slot" }).default("keep").describe("The same for a pause that takes nothing in. Changes meanwhile are read after it, or with a dropped slot start nothing."),
  keepAtMostMb: z.int().min(1).max(100_000_000).optional().describe("A slot that nobody reads, as the trigger is paused or disabled, is dropped once the server keeps more of its log for it, and the trigger says so as its error. Empty: no limit."),
});
export type PostgresChangesConfig = z.output<typeof postgresChangesConfig>;

/** Slots and publications belong to a database. */
export function placeOfDatabase(config: Record<string, unknown>): string {
  const { host, port, database } = config as PostgresChangesConfig;
  return `${host}:${port}/${database}`;
}

export const postgresChanges = {
  kind: "postgresChanges",
  title: "PostgreSQL changes",
  summary: "Starts a run for each row that is inserted, updated or deleted in tables of a PostgreSQL database.",
  icon: "database-zap",
  config: postgresChangesConfig,
  inputOf: (event: EventValue) => event.body ?? {},
  check: checkTls,
} as const satisfies TriggerKindSpec;
