/** What stands at a field of a node. Fields are pointers into the config, or name a setting of the node such as `skipIf`. Null: nothing. */
export function fieldText(definition: Record<string, unknown>, nodeIndex: number, field: string): string | null {
  const nodes: unknown[] = Array.isArray(definition.nodes) ? definition.nodes : [];
  const node = nodes[nodeIndex];
  const parts = field.replace(/^\//, "").split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const value = [follow(memberOf(node, "config"), parts), follow(node, parts)].find((found) => found !== undefined);
  if (typeof value === "string") return value;
  return value === undefined ? null : JSON.stringify(value, null, 2);
}

function follow(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce(memberOf, value);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
