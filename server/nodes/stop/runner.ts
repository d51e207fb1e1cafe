import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { StopConfig } from "./spec";

/** What follows from it is the engine's business. */
export const stopRunner: NodeRunner<StopConfig> = {
  effect: "deterministic",
  run: ({ config }) => succeeded(config.output ?? null),
};
