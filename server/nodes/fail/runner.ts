import type { NodeRunner } from "@/server/nodes/runner";
import type { FailConfig } from "./spec";

export const failRunner: NodeRunner<FailConfig> = {
  effect: "deterministic",
  run({ config }) {
    const { code, message, details, retryable } = config;
    return { type: "failed", error: { code, message, ...(details === undefined ? {} : { details }) }, retryable };
  },
};
