import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";

export const config = z.strictObject({ condition: value().describe("Truthy takes port `true`, else `false`.") });
export type IfConfig = z.output<typeof config>;

export const ifKind = {
  kind: "if",
  version: 1,
  role: "task",
  title: "If",
  summary: "Goes on through port `true` or `false`. The output is `{ value }`.",
  group: "Flow",
  icon: "split",
  config,
  ports: () => ["true", "false"],
  conditionFields: ["/condition"],
} as const satisfies KindSpec<IfConfig>;
