import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { choice, longText, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

export const config = z.strictObject({
  message: longText(100_000),
  level: choice({ debug: "Debug", info: "Info", warn: "Warning", error: "Error" }).default("info"),
  fields: z.record(z.string(), value()).optional().describe("Values written beside the message."),
});
export type LogConfig = z.output<typeof config>;

export const log = {
  kind: "log",
  version: 1,
  role: "task",
  title: "Log",
  summary: "Writes a line to the run's log. The output is `{ message }`.",
  group: "Runs",
  icon: "scroll-text",
  config,
  ports: ONLY_OUT,
} as const satisfies KindSpec<LogConfig>;
