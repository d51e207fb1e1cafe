import { validateAgainst } from "@/server/schema/validate-json";
import type { NodeRunner } from "@/server/nodes/runner";
import { failed, succeeded } from "@/server/nodes/results";
import type { WaitSignalConfig } from "./spec";

export const waitSignalRunner: NodeRunner<WaitSignalConfig> = {
  effect: "deterministic",
  run({ config, now }) {
    const until = config.expiresAfterSeconds === undefined ? {} : { until: now + Math.ceil(config.expiresAfterSeconds * 1_000) };
    return { type: "waiting", wait: { kind: "signal", signal: config.signal, ...until } };
  },
  resume({ config, resume }) {
    if (resume === undefined || resume.resumption.cause === "elapsed") return succeeded(null, "expired");
    const [problem] = config.schema === undefined ? [] : validateAgainst(config.schema, resume.payload);
    if (problem) {
      return failed("invalid_signal", `the payload of signal "${config.signal}" does not fit its schema: ${problem.message} at ${problem.path || "/"}`, { details: { payload: resume.payload } });
    }
    return succeeded(resume.payload);
  },
};
