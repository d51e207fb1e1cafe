import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";
import { NO_PORTS } from "@/server/nodes/outputs";

export const config = z.strictObject({ output: value().optional() });
export type ContinueConfig = z.output<typeof config>;

export const continueKind = {
  kind: "continue",
  version: 1,
  role: "control",
  title: "Continue",
  summary: "Ends this iteration of the enclosing loop; `output` is its output.",
  group: "Flow",
  icon: "skip-forward",
  config,
  ports: NO_PORTS,
} as const satisfies KindSpec<ContinueConfig>;
