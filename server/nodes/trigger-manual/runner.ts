import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";

export const triggerManualRunner: NodeRunner = {
  effect: "deterministic",
  run: ({ input }) => succeeded(input),
};
