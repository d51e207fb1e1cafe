import type { NodeRunner } from "@/server/nodes/runner";
import { succeeded } from "@/server/nodes/results";

/** When it fires is the engine's business. */
export const joinRunner: NodeRunner = {
  effect: "deterministic",
  run: ({ taken }) => succeeded(taken),
};
