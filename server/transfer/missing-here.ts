import type { z } from "zod";
import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { secretsOfWorkflow } from "@/server/secrets/service";
import { variablesOfWorkflow } from "@/server/variables/service";
import { findWorkflow } from "@/server/workflows/service";
import type { missingInDraftSchema } from "./contract";
import { findMissing, NOTHING_COMES } from "./missing";

type Missing = z.output<typeof missingInDraftSchema>["missing"];

/** What the stored draft names and is not there, as far as whoever asks may see what there is. */
export async function missingInDraft({ scope }: { scope: Scope }, { workflowId }: { workflowId: string }): Promise<z.output<typeof missingInDraftSchema>> {
  await findWorkflow(scope.db, workflowId);
  const seen = {
    secret: await namesSeen(scope, "secret:list", (of) => secretsOfWorkflow({ scope: of }, { workflowId })),
    variable: await namesSeen(scope, "variable:read", (of) => variablesOfWorkflow({ scope: of }, { workflowId })),
  };
  return scope.db.transaction(async (tx) => {
    const { draft } = await findWorkflow(tx, workflowId);
    const dependencies = await tx.workflowDependency.findMany({ where: { workflowId, origin: "draft" }, select: { targetType: true, targetRef: true, nodeId: true }, orderBy: [{ targetType: "asc" }, { targetRef: "asc" }, { nodeId: "asc" }] });
    const named = await findMissing(tx, dependencies, NOTHING_COMES, seen);
    return { missing: [...named, ...(await missingVersions(tx, draft, named))], isPart: scope.places !== null };
  });
}

/** Null: they may not see any, so nothing is said of them. */
async function namesSeen(scope: Scope, permission: Permission, list: (scope: Scope) => Promise<{ name: string }[]>): Promise<ReadonlySet<string> | null> {
  const reach = scope.reach(permission);
  if (reach === null) return null;
  try {
    return new Set((await list(reach)).map(({ name }) => name));
  } catch (error) {
    // They may elsewhere, and not in this workflow.
    if (DomainError.is(error, "not_found")) return null;
    throw error;
  }
}

/** Versions that are named of what is there. */
async function missingVersions(tx: Tx, draft: unknown, missing: Missing): Promise<Missing> {
  const asked = versionsNamed(draft).filter(({ type, name }) => !missing.some((one) => one.type === type && one.name === name));
  if (asked.length === 0) return [];
  const namesOf = (type: Asked["type"]) => asked.filter((one) => one.type === type).map(({ name }) => name);
  const blocks = await tx.catalogItem.findMany({ where: { type: "module", deletedAt: null, slug: { in: namesOf("block") } }, select: { slug: true, versions: { select: { number: true } } } });
  const has = await Promise.all(asked.map(async ({ type, name, version }) => (type === "block" ? blocks.some((block) => block.slug === name && block.versions.some(({ number }) => number === version)) : hasVersion(tx, name, version))));
  const found = new Map<string, Missing[number]>();
  for (const [index, { type, name, version, nodeId }] of asked.entries()) {
    if (has[index] === true) continue;
    const key = `${type} ${name} ${version}`;
    found.set(key, { type, name, version, nodeIds: [...(found.get(key)?.nodeIds ?? []), nodeId] });
  }
  return [...found.values()];
}

interface Asked {
  type: "block" | "workflow";
  name: string;
  version: number;
  nodeId: string;
}

const FIELD_OF = { module: ["block", "module"], subworkflow: ["workflow", "workflow"] } as const;

function versionsNamed(draft: unknown): Asked[] {
  const nodes = (draft as { nodes?: unknown } | null)?.nodes;
  return (Array.isArray(nodes) ? (nodes as unknown[]) : []).flatMap((node): Asked[] => {
    const { id, kind, config } = (node ?? {}) as { id?: unknown; kind?: unknown; config?: Record<string, unknown> };
    if (typeof id !== "string" || (kind !== "module" && kind !== "subworkflow")) return [];
    const [type, field] = FIELD_OF[kind];
    const [name, version] = [config?.[field], config?.version];
    return typeof name === "string" && typeof version === "number" && Number.isSafeInteger(version) ? [{ type, name, version, nodeId: id }] : [];
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER_MAX = 2_147_483_647;

async function hasVersion(tx: Tx, ref: string, number: number): Promise<boolean> {
  if (number > NUMBER_MAX) return false;
  const workflow = UUID.test(ref) ? { id: ref } : { OR: [{ slug: ref }, { name: ref }] };
  return (await tx.workflowVersion.count({ where: { number, listed: true, workflow: { ...workflow, deletedAt: null, kind: { not: "module" } } } })) > 0;
}
