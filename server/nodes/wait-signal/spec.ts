import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { jsonSchema, requiredText, SECONDS_OF_A_YEAR } from "@/server/nodes/fields";

export const config = z.strictObject({
  signal: requiredText(200).describe("Name that the signal must carry."),
  schema: jsonSchema().optional().describe("JSON Schema of the payload; a signal that does not fit fails the step."),
  expiresAfterSeconds: z.number().positive().max(SECONDS_OF_A_YEAR).optional().describe("Then the step goes on through port `expired`."),
});
export type WaitSignalConfig = z.output<typeof config>;

export const waitSignal = {
  kind: "wait.signal",
  version: 1,
  role: "task",
  title: "Wait for signal",
  summary: "Waits for a named signal from outside; the output is its payload. A signal sent before the wait opens is kept.",
  group: "Flow",
  icon: "radio-tower",
  config,
  ports: () => ["out", "expired"],
  rawFields: ["schema"],
  schemaFields: ["schema"],
} as const satisfies KindSpec<WaitSignalConfig>;
