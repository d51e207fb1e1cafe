import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { requiredText, SECONDS_OF_A_YEAR, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

export const config = z.strictObject({
  module: requiredText(63).describe("Name of a block of this workspace."),
  version: z.int().min(1).describe("Its version. It stays until someone takes a newer one."),
  input: value().optional().describe("Input of the block. One that its input schema does not take fails this step with `invalid_input`."),
  expiresAfterSeconds: z.number().positive().max(SECONDS_OF_A_YEAR).optional().describe("After this time its run is cancelled, and the attempt fails with `timeout` (which can be retried)."),
});
export type ModuleConfig = z.output<typeof config>;

export const moduleKind = {
  kind: "module",
  version: 1,
  role: "task",
  title: "Block",
  summary: "Steps that are kept in the workspace and used in many workflows, in a version of your choice.",
  group: "Runs",
  icon: "blocks",
  config,
  literalFields: ["/module", "/version"],
  ports: ONLY_OUT,
} as const satisfies KindSpec<ModuleConfig>;
