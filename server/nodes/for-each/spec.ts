import type { z } from "zod";
import { containerConfigSchemas } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

const config = containerConfigSchemas.forEach;
type Config = z.output<typeof config>;

export const forEach = {
  kind: "forEach",
  version: 1,
  role: "container",
  title: "For each",
  summary: "Runs `body` for every item, one after the other or several at once. Inside, `item` and `index` are set; the output is the ordered list of results.",
  group: "Flow",
  icon: "repeat",
  config,
  ports: ONLY_OUT,
  slots: () => ["body"],
  literalFields: ["/mode", "/limit", "/continueOnItemError"],
  iterationFields: ["/result"],
} as const satisfies KindSpec<Config>;
