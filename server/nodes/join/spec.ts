import { joinConfigSchema } from "@/server/engine/definition";
import type { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

export type JoinConfig = z.output<typeof joinConfigSchema>;

function check(config: Record<string, unknown>): { path: string; message: string }[] {
  if (config.mode === "n" && config.n === undefined) return [{ path: "/n", message: "is required when mode is n" }];
  if (config.mode !== "n" && config.n !== undefined) return [{ path: "/n", message: "counts only when mode is n" }];
  if (config.cancelOthers === true && config.mode !== "any" && config.mode !== "n") {
    return [{ path: "/cancelOthers", message: "needs mode any or n: with all there is nothing left to cancel" }];
  }
  return [];
}

export const join = {
  kind: "join",
  version: 1,
  role: "control",
  title: "Join",
  summary: "Waits for its incoming edges: `all` (each was taken), `any`, or `n` of them. The output is an object of the taken sources' outputs.",
  group: "Flow",
  icon: "merge",
  config: joinConfigSchema,
  ports: ONLY_OUT,
  literalFields: ["/mode", "/n", "/cancelOthers"],
  check,
} as const satisfies KindSpec<JoinConfig>;
