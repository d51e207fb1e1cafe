import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { findWorkflow, updateDraft } from "@/server/workflows/service";
import type { moduleRefInput, ModuleUse, updateUseInput } from "./contract";
import { findModule } from "./rows";

interface Context {
  scope: Scope;
}

/** Which steps of which workflows use the block. */
export async function listUses({ scope }: Context, { module }: z.output<typeof moduleRefInput>): Promise<ModuleUse[]> {
  return scope.db.transaction(async (tx) => {
    await findModule(tx, scope, module);
    return usesOf(tx, module);
  });
}

export async function usesOf(tx: Tx, slug: string): Promise<ModuleUse[]> {
  const rows = await tx.workflowDependency.findMany({
    where: { targetType: "catalog_item", targetRef: `module:${slug}`, workflow: { deletedAt: null } },
    select: { workflowId: true, nodeId: true, origin: true, workflow: { select: { name: true, draft: true, publishedVersion: { select: { definition: true } } } } },
    orderBy: [{ workflowId: "asc" }, { nodeId: "asc" }, { origin: "asc" }],
  });
  return rows.map(({ workflowId, nodeId, origin, workflow }) => {
    const isPublished = origin === "published";
    return { workflowId, nodeId, name: workflow.name, origin: isPublished ? "published" : "draft", version: versionNamed(isPublished ? workflow.publishedVersion?.definition : workflow.draft, nodeId) };
  });
}

/** One step of a draft takes another version; what is published stays as it is until somebody publishes again. */
export async function updateUse({ scope }: Context, { module, version, workflowId, nodeId }: z.output<typeof updateUseInput>): Promise<{ before: number | null }> {
  const { draft, draftRevision } = await scope.db.transaction(async (tx) => {
    const item = await findModule(tx, scope, module);
    if (version > item.revision) throw new DomainError("not_found", { what: "version of the block", id: `${module}@${version}` });
    return findWorkflow(tx, workflowId);
  });
  const definition = draft as Record<string, unknown>;
  const nodes = stepsOf(definition);
  const node = nodes.find(({ id, kind, config }) => id === nodeId && kind === "module" && config?.module === module);
  if (node === undefined) throw new DomainError("not_found", { what: "step that uses the block", id: nodeId });
  const next = nodes.map((other) => (other === node ? { ...node, config: { ...node.config, version } } : other));
  await updateDraft({ scope }, { workflowId, definition: { ...definition, nodes: next }, revision: draftRevision });
  return { before: versionNamed(definition, nodeId) };
}

interface Step {
  id?: unknown;
  kind?: unknown;
  config?: { module?: unknown; version?: unknown };
}

function stepsOf(definition: unknown): Step[] {
  const nodes = (definition as { nodes?: unknown } | null | undefined)?.nodes;
  return Array.isArray(nodes) ? (nodes as Step[]) : [];
}

function versionNamed(definition: unknown, nodeId: string): number | null {
  const version = stepsOf(definition).find(({ id }) => id === nodeId)?.config?.version;
  return typeof version === "number" ? version : null;
}
