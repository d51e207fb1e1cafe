import type { z } from "zod";
import { containerConfigSchemas } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

const config = containerConfigSchemas.while;
type Config = z.output<typeof config>;

export const whileKind = {
  kind: "while",
  version: 1,
  role: "container",
  title: "While",
  summary: "Runs `body` as long as the condition is truthy. Inside, `index` and `previous` (result of the last iteration) are set.",
  group: "Flow",
  icon: "rotate-cw",
  config,
  ports: ONLY_OUT,
  slots: () => ["body"],
  literalFields: ["/maxIterations"],
  iterationFields: ["/result"],
  conditionFields: ["/condition"],
  repeatedFields: ["/condition"],
} as const satisfies KindSpec<Config>;
