import type { z } from "zod";
import { containerConfigSchemas } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { namesOf, ONLY_OUT, repeatedNames } from "@/server/nodes/outputs";

const config = containerConfigSchemas.switchCase;
type Config = z.output<typeof config>;

export const switchCase = {
  kind: "switchCase",
  version: 1,
  role: "container",
  title: "Switch / case",
  summary: "Runs the slot of the first case that equals the value, else `default`.",
  group: "Flow",
  icon: "signpost",
  config,
  ports: ONLY_OUT,
  slots: (unchecked: Record<string, unknown>) => [...namesOf(unchecked.cases).map((name) => `case:${name}`), "default"],
  literalFields: ["/cases"],
  innerFields: ["/result"],
  check: (unchecked: Record<string, unknown>) => repeatedNames(unchecked.cases),
} as const satisfies KindSpec<Config>;
