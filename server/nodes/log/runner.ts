import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { LogConfig } from "./spec";

export const logRunner: NodeRunner<LogConfig> = {
  effect: "deterministic",
  run({ config, log }) {
    log(config.level, config.message, config.fields);
    return succeeded({ message: config.message });
  },
};
