import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { IfConfig } from "./spec";

export const ifRunner: NodeRunner<IfConfig> = {
  effect: "deterministic",
  run({ config }) {
    const value = Boolean(config.condition);
    return succeeded({ value }, value ? "true" : "false");
  },
};
