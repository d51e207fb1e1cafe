import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";
import type { RespondConfig } from "./spec";

/** The stored output is the answer: whoever waits for it reads it from there. */
export const respondRunner: NodeRunner<RespondConfig> = {
  effect: "deterministic",
  run: ({ config: { status, headers, body } }) => succeeded({ status, headers, body: body ?? null }),
};
