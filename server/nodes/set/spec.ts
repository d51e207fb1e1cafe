import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

export const config = z.strictObject({
  values: z.record(z.string(), value()).describe("Names and values of the object; every value may be an expression."),
});
export type SetConfig = z.output<typeof config>;

export const set = {
  kind: "set",
  version: 1,
  role: "task",
  title: "Set values",
  summary: "Builds an object from expressions.",
  group: "Data",
  icon: "braces",
  config,
  ports: ONLY_OUT,
} as const satisfies KindSpec<SetConfig>;
