import type { Definition, WorkflowNode } from "@/server/engine/definition";
import { compileTemplate } from "@/server/expressions/compile";
import { findKind } from "@/server/nodes/catalog";
import { validateWorkflow } from "@/server/nodes/validate-workflow";

export interface Dependency {
  targetType: "workflow" | "secret" | "variable" | "catalog_item";
  targetRef: string;
  nodeId: string;
}

/** The same of a draft, as far as it can be read. */
export function dependenciesOfDraft(document: unknown): Dependency[] {
  const { definition } = validateWorkflow(document);
  return definition === null ? [] : dependenciesOf(definition);
}

/** What a definition refers to by name. References that only a run can know (an expression as a name) are not listed. */
export function dependenciesOf(definition: Definition): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const node of definition.nodes) {
    for (const [targetType, targetRef] of referencesOf(node)) {
      found.set(`${targetType} ${targetRef} ${node.id}`, { targetType, targetRef, nodeId: node.id });
    }
  }
  const { errorWorkflow } = definition.settings;
  // No step's: the settings'.
  if (isName(errorWorkflow)) found.set(`workflow ${errorWorkflow} settings`, { targetType: "workflow", targetRef: errorWorkflow, nodeId: "" });
  return [...found.values()];
}

function* referencesOf(node: WorkflowNode): Generator<[Dependency["targetType"], string]> {
  const raw = new Set((findKind(node.kind)?.rawFields ?? []).map((field) => `/config/${field}`));
  const { config, skipIf, retry, cache, concurrency, rateLimit, throttle, debounce } = node;
  const compiled = compileTemplate({ config, skipIf, retry, cache, concurrency, rateLimit, throttle, debounce }, { isSecretField: () => true, isVerbatim: (path) => raw.has(path) });
  if (compiled.ok) {
    for (const name of compiled.template.secrets) yield ["secret", name];
    for (const name of compiled.template.references.vars) yield ["variable", name];
  }
  if (node.kind === "subworkflow" && isName(config.workflow)) yield ["workflow", config.workflow];
  if (node.kind === "module" && isName(config.module)) yield ["catalog_item", `module:${config.module}`];
  if (node.kind === "llm" && isName(config.adapter)) yield ["catalog_item", config.adapter];
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("{{");
}
