import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { BreakConfig } from "./spec";

/** What follows from it is the engine's business. */
export const breakRunner: NodeRunner<BreakConfig> = {
  effect: "deterministic",
  run: ({ config }) => succeeded(config.output ?? null),
};
