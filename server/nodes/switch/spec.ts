import { z } from "zod";
import { NODE_ID_PATTERN } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";
import { namesOf, repeatedNames } from "@/server/nodes/outputs";

export const config = z.strictObject({
  value: value().describe("Compared with every case, first match wins."),
  cases: z
    .array(z.strictObject({ name: z.string().regex(NODE_ID_PATTERN, "must be a name of letters, digits, _ and -").describe("Port."), equals: value() }))
    .min(1)
    .max(100),
});
export type SwitchConfig = z.output<typeof config>;

function check(unchecked: Record<string, unknown>): { path: string; message: string }[] {
  const taken = namesOf(unchecked.cases).flatMap((name, index) =>
    name === "default" || name === "error" ? [{ path: `/cases/${index}/name`, message: `"${name}" is a port of its own; choose another name` }] : [],
  );
  return [...repeatedNames(unchecked.cases), ...taken];
}

export const switchKind = {
  kind: "switch",
  version: 1,
  role: "task",
  title: "Switch",
  summary: "Goes on through the port of the first case that equals the value, else `default`. The output is `{ value, case }`.",
  group: "Flow",
  icon: "signpost",
  config,
  ports: (unchecked: Record<string, unknown>) => [...namesOf(unchecked.cases), "default"],
  literalFields: ["/cases"],
  check,
} as const satisfies KindSpec<SwitchConfig>;
