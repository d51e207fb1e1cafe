/** The same definition with sub-workflow steps that call what the companions are named here. */
export function callOthers(definition: Record<string, unknown>, slugs: ReadonlyMap<string, string>): Record<string, unknown> {
  if (slugs.size === 0 || !Array.isArray(definition.nodes)) return definition;
  const nodes = (definition.nodes as { kind?: unknown; config?: Record<string, unknown> }[]).map((node) => {
    const slug = node.kind === "subworkflow" ? slugs.get(String(node.config?.workflow)) : undefined;
    return slug === undefined ? node : { ...node, config: { ...node.config, workflow: slug } };
  });
  return { ...definition, nodes };
}
