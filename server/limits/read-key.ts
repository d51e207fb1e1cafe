/**
 * Keys of runs are the owner's id and the value of the key expression as JSON; those of steps have the node between. Null: there is no expression.
 * Before those of tests that count apart from production stands `test`.
 */
export function readKey(key: string, of: "run" | "step"): { nodeId: string; value: string | null } {
  const [, ...words] = key.replace(/^test /, "").split(" ");
  const nodeId = of === "step" ? (words.shift() ?? "") : "";
  const value = words.join(" ");
  return { nodeId, value: value === "null" ? null : value };
}
