import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";

/** What started the run has been read by then; the run's input goes on. */
export const triggerRunner: NodeRunner = {
  effect: "deterministic",
  run: ({ input }) => succeeded(input),
};
