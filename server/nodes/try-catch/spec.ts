import type { z } from "zod";
import { containerConfigSchemas } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

const config = containerConfigSchemas.tryCatch;
type Config = z.output<typeof config>;

export const tryCatch = {
  kind: "tryCatch",
  version: 1,
  role: "container",
  title: "Try / catch",
  summary: "Runs `body`; an error in it runs `catch`, which reads it as `error`; `finally` runs always, also on cancel.",
  group: "Flow",
  icon: "shield-check",
  config,
  ports: ONLY_OUT,
  slots: () => ["body", "catch", "finally"],
  literalFields: ["/finallyGraceSeconds"],
  innerFields: ["/result"],
} as const satisfies KindSpec<Config>;
