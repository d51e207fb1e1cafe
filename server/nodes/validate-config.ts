import type { WorkflowNode } from "@/server/engine/definition";
import type { Problem } from "@/server/engine/problem";
import { checkSchema } from "@/server/schema/validate-json";
import { findKind } from "@/server/nodes/catalog";
import { messageOf, migrateConfig, pointerOf, REQUIRED } from "@/server/nodes/check-config";
import { isWithinAny, rawFieldsOf } from "@/server/nodes/config-fields";
import type { KindSpec } from "@/server/nodes/kind";
import { certainIssues } from "@/server/nodes/template-tolerance";

/** Kinds that are known, and configs that fit them as far as can be said before their templates are evaluated. */
export function checkNodeConfig(node: WorkflowNode, index: number): Problem[] {
  const spec = findKind(node.kind);
  const at = `/nodes/${index}`;
  if (spec === null) {
    return [{ severity: "error", code: "unknown_kind", message: `this installation has no node kind "${node.kind}"`, nodeId: node.id, path: `${at}/kind` }];
  }
  if (node.kindVersion > spec.version) {
    const message = `"${node.id}" is written for version ${node.kindVersion} of ${node.kind}; this installation has ${spec.version}`;
    return [{ severity: "error", code: "unknown_kind_version", message, nodeId: node.id, path: `${at}/kindVersion` }];
  }
  const config = migrateConfig(spec, node.config, node.kindVersion);
  const found = [...shapeProblems(spec, config), ...(spec.check?.(config) ?? [])];
  const configProblems = found.map(({ path, message }): Problem => ({
    severity: "error",
    code: "invalid_config",
    message: path === "" ? message : message === REQUIRED ? `${fieldName(path)} is required` : `${fieldName(path)}: ${message}`,
    nodeId: node.id,
    path: `${at}/config${path}`,
  }));
  return [...configProblems, ...schemaProblems(spec, config, node.id, `${at}/config`)];
}

function shapeProblems(spec: KindSpec<unknown>, config: Record<string, unknown>): { path: string; message: string }[] {
  const parsed = spec.config.safeParse(config);
  if (parsed.success) return [];
  const literal = [...(spec.literalFields ?? []), ...rawFieldsOf(spec)];
  const [fixed, open] = partition(parsed.error.issues, ({ path }) => isWithinAny(literal, pointerOf(path)));
  return [...fixed, ...certainIssues(open, config)].map((issue) => ({ path: pointerOf(issue.path), message: messageOf(issue) }));
}

function partition<Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

function schemaProblems(spec: KindSpec<unknown>, config: Record<string, unknown>, nodeId: string, at: string): Problem[] {
  return (spec.schemaFields ?? []).flatMap((field) => checkSchemaDocument(config[field], `${at}/${field}`).map((problem) => ({ ...problem, nodeId })));
}

/** Whether a JSON Schema of the definition is one. Something else than an object or boolean is the shape's business. */
export function checkSchemaDocument(schema: unknown, path: string): Problem[] {
  if (typeof schema !== "boolean" && (typeof schema !== "object" || schema === null || Array.isArray(schema))) return [];
  return checkSchema(schema).map((problem) => ({ severity: "error", code: "invalid_schema", message: problem.message, path: path + problem.path }));
}

function fieldName(pointer: string): string {
  return pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
}
