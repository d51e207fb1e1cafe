import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { requiredText, SECONDS_OF_A_YEAR, text, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

export const config = z.strictObject({
  workflow: requiredText(200).meta({ field: "workflow" }).describe("Id or name of a published workflow."),
  version: z.union([z.int().min(1), z.literal("latest").meta({ title: "The latest" })]).default("latest").describe("A version's number, or `latest`: chosen once per run."),
  input: value().optional().describe("Input of the other run (`{}` when left out). One that its input schema does not take fails this step with `invalid_input`."),
  wait: z.boolean().default(true).describe("Wait for the end and take its output; otherwise only start it, the output is `{ runId }`."),
  expiresAfterSeconds: z.number().positive().max(SECONDS_OF_A_YEAR).optional().describe("Of a run that is waited for: after this time it is cancelled, and the attempt fails with `timeout` (which can be retried)."),
  labels: z.record(z.string().max(100), text(500)).default({}),
});
export type SubworkflowConfig = z.output<typeof config>;

export const subworkflow = {
  kind: "subworkflow",
  version: 1,
  role: "task",
  title: "Sub-workflow",
  summary: "Runs another workflow. Its output is this step's output; if it fails, the step fails.",
  group: "Runs",
  icon: "workflow",
  config,
  ports: ONLY_OUT,
} as const satisfies KindSpec<SubworkflowConfig>;
