import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";
import { NO_PORTS } from "@/server/nodes/outputs";

export const config = z.strictObject({ output: value().optional() });
export type BreakConfig = z.output<typeof config>;

export const breakKind = {
  kind: "break",
  version: 1,
  role: "control",
  title: "Break",
  summary: "Ends the enclosing loop; `output` is the output of its last iteration.",
  group: "Flow",
  icon: "circle-slash",
  config,
  ports: NO_PORTS,
} as const satisfies KindSpec<BreakConfig>;
