import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import { matchCase } from "@/server/nodes/same-value";
import type { SwitchConfig } from "./spec";

export const switchRunner: NodeRunner<SwitchConfig> = {
  effect: "deterministic",
  run({ config }) {
    const matched = matchCase(config.value, config.cases);
    return succeeded({ value: config.value, case: matched }, matched ?? "default");
  },
};
