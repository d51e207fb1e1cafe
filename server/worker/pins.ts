import type { ClaimedRun } from "@/server/engine/ports";
import type { CompiledNode } from "@/server/worker/compiled-workflow";

/** The output to use in place of running a node; test runs only. */
export function pinOf(claim: Pick<ClaimedRun, "mode" | "options">, nodeId: string): { value: unknown } | undefined {
  const { pins } = claim.options;
  if (claim.mode !== "test" || pins === undefined || !Object.hasOwn(pins, nodeId)) return undefined;
  return { value: pins[nodeId] };
}

/** Port that fits a pinned output: `if` and `switch` tell theirs in the output. */
export function pinnedPort(node: CompiledNode, value: unknown): string {
  const ports = node.spec?.ports(node.node.config) ?? ["out"];
  const [first] = ports;
  if (ports.includes("out") || first === undefined) return "out";
  const told = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  for (const name of [told.case, told.decision, told.port]) if (typeof name === "string" && ports.includes(name)) return name;
  if (ports.includes("true")) return told.value ? "true" : "false";
  return first;
}
