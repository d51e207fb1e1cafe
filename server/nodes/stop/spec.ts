import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";
import { NO_PORTS } from "@/server/nodes/outputs";

export const config = z.strictObject({ output: value().optional() });
export type StopConfig = z.output<typeof config>;

export const stop = {
  kind: "stop",
  version: 1,
  role: "control",
  title: "Stop",
  summary: "Ends the run as succeeded; `output` is the run's output.",
  group: "Flow",
  icon: "octagon-x",
  config,
  ports: NO_PORTS,
} as const satisfies KindSpec<StopConfig>;
