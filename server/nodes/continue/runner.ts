import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { ContinueConfig } from "./spec";

/** What follows from it is the engine's business. */
export const continueRunner: NodeRunner<ContinueConfig> = {
  effect: "deterministic",
  run: ({ config }) => succeeded(config.output ?? null),
};
