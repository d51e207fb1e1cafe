import type { z } from "zod";
import { containerConfigSchemas } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

const config = containerConfigSchemas.ifElse;
type Config = z.output<typeof config>;

export const ifElse = {
  kind: "ifElse",
  version: 1,
  role: "container",
  title: "If / else",
  summary: "Runs `then` when the condition is truthy, else `else`.",
  group: "Flow",
  icon: "split",
  config,
  ports: ONLY_OUT,
  slots: () => ["then", "else"],
  innerFields: ["/result"],
  conditionFields: ["/condition"],
} as const satisfies KindSpec<Config>;
