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
  const add = (nodeId: string, references: Iterable<Reference>) => {
    for (const [targetType, targetRef] of references) found.set(`${targetType} ${targetRef} ${nodeId}`, { targetType, targetRef, nodeId });
  };
  for (const node of definition.nodes) add(node.id, referencesOf(node));
  for (const { from, when } of definition.edges) if (when !== undefined) add(from, readIn(when));
  // No step's: the output and the settings.
  const { output, settings } = definition;
  add("", readIn({ output, keys: [settings.concurrency, settings.rateLimit, settings.throttle, settings.debounce].map((rule) => rule?.key) }));
  if (isName(settings.errorWorkflow)) add("", [["workflow", settings.errorWorkflow]]);
  return [...found.values()];
}

type Reference = [Dependency["targetType"], string];

function* readIn(value: unknown, isVerbatim: (path: string) => boolean = () => false): Generator<Reference> {
  const compiled = compileTemplate(value, { isSecretField: () => true, isVerbatim });
  if (!compiled.ok) return;
  for (const name of compiled.template.secrets) yield ["secret", name];
  for (const name of compiled.template.references.vars) yield ["variable", name];
}

function* referencesOf(node: WorkflowNode): Generator<Reference> {
  const raw = new Set((findKind(node.kind)?.rawFields ?? []).map((field) => `/config/${field}`));
  const { config, skipIf, cache, concurrency, rateLimit, throttle, debounce } = node;
  yield* readIn({ config, skipIf, cache, concurrency, rateLimit, throttle, debounce }, (path) => raw.has(path));
  // An expression; braces around it are allowed.
  const retryIf = node.retry?.retryIf;
  if (retryIf !== undefined) yield* readIn(retryIf.includes("{{") ? retryIf : `{{ ${retryIf} }}`);
  if (node.kind === "subworkflow" && isName(config.workflow)) yield ["workflow", config.workflow];
  if (node.kind === "module" && isName(config.module)) yield ["catalog_item", `module:${config.module}`];
  if (node.kind === "llm" && isName(config.adapter)) yield ["catalog_item", config.adapter];
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("{{");
}
