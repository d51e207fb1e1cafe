import type { z } from "zod";
import { containerConfigSchemas } from "@/server/engine/definition";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

const config = containerConfigSchemas.parallel;
type Config = z.output<typeof config>;

function branches(count: unknown): string[] {
  const { success, data } = containerConfigSchemas.parallel.shape.branches.safeParse(count);
  return success ? Array.from({ length: data }, (_, index) => `branch:${index}`) : [];
}

export const parallel = {
  kind: "parallel",
  version: 1,
  role: "container",
  title: "Parallel",
  summary: "Runs its branches at the same time and waits for all of them.",
  group: "Flow",
  icon: "columns-3",
  config,
  ports: ONLY_OUT,
  slots: (unchecked: Record<string, unknown>) => branches(unchecked.branches),
  literalFields: ["/branches"],
  innerFields: ["/result"],
} as const satisfies KindSpec<Config>;
