import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { SetConfig } from "./spec";

export const setRunner: NodeRunner<SetConfig> = {
  effect: "deterministic",
  run: ({ config }) => succeeded(config.values),
};
