import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { requiredText, value } from "@/server/nodes/fields";
import { NO_PORTS } from "@/server/nodes/outputs";

export const config = z.strictObject({
  message: requiredText(20_000),
  code: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, "must begin with a letter and hold only letters, digits, _ . and -").default("failed").describe("Machine-readable; later steps and `retryIf` read it as `error.code`."),
  details: value().optional(),
  retryable: z.boolean().default(false),
});
export type FailConfig = z.output<typeof config>;

export const fail = {
  kind: "fail",
  version: 1,
  role: "task",
  title: "Fail",
  summary: "Fails on purpose, with a code and message of its own.",
  group: "Flow",
  icon: "circle-alert",
  config,
  ports: NO_PORTS,
} as const satisfies KindSpec<FailConfig>;
