import type { Tx } from "@/server/db/scoped";
import type { ImportEntry } from "./contract";

interface Dependency {
  targetType: string;
  targetRef: string;
  nodeId: string;
}

type Type = ImportEntry["missing"][number]["type"];
const TYPES: Readonly<Record<string, Type>> = { secret: "secret", variable: "variable", workflow: "workflow", catalog_item: "adapter" };
const BLOCK = "module:";

/** Slugs and names of what comes in the same file. */
export interface Coming {
  workflows: ReadonlySet<string>;
  blocks: ReadonlySet<string>;
}

export const NOTHING_COMES: Coming = { workflows: new Set(), blocks: new Set() };

/** Names of a kind that are known to be there, in place of all that the workspace has; null: nothing is said of that kind. */
export type Known = Partial<Record<Type, ReadonlySet<string> | null>>;

/** What of the dependencies this workspace does not have. */
export async function findMissing(tx: Tx, dependencies: readonly Dependency[], coming: Coming, seen: Known = {}): Promise<ImportEntry["missing"]> {
  const named = dependencies.flatMap(({ targetType, targetRef, nodeId }) => {
    const isBlock = targetType === "catalog_item" && targetRef.startsWith(BLOCK);
    const type = isBlock ? "block" : TYPES[targetType];
    return type === undefined || seen[type] === null ? [] : [{ type, name: isBlock ? targetRef.slice(BLOCK.length) : targetRef, nodeId }];
  });
  const refs = (wanted: Type) => [...new Set(named.filter(({ type }) => type === wanted).map(({ name }) => name))];
  const inCatalog = async (type: "module" | "adapter") =>
    (await tx.catalogItem.findMany({ where: { type, slug: { in: refs(type === "module" ? "block" : type) }, deletedAt: null }, select: { slug: true } })).map(({ slug }) => slug);
  const known = new Map<Type, ReadonlySet<string>>([
    ["secret", seen.secret ?? new Set((await tx.secret.findMany({ where: { name: { in: refs("secret") } }, select: { name: true } })).map(({ name }) => name))],
    ["variable", seen.variable ?? new Set((await tx.variable.findMany({ where: { name: { in: refs("variable") } }, select: { name: true } })).map(({ name }) => name))],
    ["workflow", new Set([...coming.workflows, ...(await knownWorkflows(tx, refs("workflow")))])],
    ["adapter", new Set(await inCatalog("adapter"))],
    ["block", new Set([...coming.blocks, ...(await inCatalog("module"))])],
  ]);
  const missing = new Map<string, ImportEntry["missing"][number]>();
  for (const { type, name, nodeId } of named) {
    if (known.get(type)?.has(name) === true) continue;
    const entry = missing.get(`${type} ${name}`) ?? { type, name, nodeIds: [] };
    missing.set(`${type} ${name}`, { ...entry, nodeIds: [...entry.nodeIds, nodeId] });
  }
  return [...missing.values()];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function knownWorkflows(tx: Tx, refs: string[]): Promise<string[]> {
  // What reads as an id is one only, as for calls.
  const [ids, names] = [refs.filter((ref) => UUID.test(ref)), refs.filter((ref) => !UUID.test(ref))];
  const rows = await tx.workflow.findMany({ where: { deletedAt: null, kind: { not: "module" }, OR: [{ id: { in: ids } }, { slug: { in: names } }, { name: { in: names } }] }, select: { id: true, slug: true, name: true } });
  const known = new Set(rows.flatMap(({ id, slug, name }) => [id, ...[slug, name].filter((word) => !UUID.test(word))]));
  return refs.filter((ref) => known.has(UUID.test(ref) ? ref.toLowerCase() : ref));
}
