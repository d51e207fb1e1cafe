import type { Tx } from "@/server/db/scoped";
import type { ImportEntry } from "./contract";

interface Dependency {
  targetType: string;
  targetRef: string;
  nodeId: string;
}

const TYPES: Readonly<Record<string, ImportEntry["missing"][number]["type"]>> = { secret: "secret", variable: "variable", workflow: "workflow", catalog_item: "adapter" };

/** What of the dependencies this workspace does not have. `coming`: slugs and names of the other workflows of the same file. */
export async function findMissing(tx: Tx, dependencies: readonly Dependency[], coming: ReadonlySet<string>): Promise<ImportEntry["missing"]> {
  const refs = (type: string) => [...new Set(dependencies.filter(({ targetType }) => targetType === type).map(({ targetRef }) => targetRef))];
  const known = new Map<string, Set<string>>([
    ["secret", new Set((await tx.secret.findMany({ where: { name: { in: refs("secret") } }, select: { name: true } })).map(({ name }) => name))],
    ["variable", new Set((await tx.variable.findMany({ where: { name: { in: refs("variable") } }, select: { name: true } })).map(({ name }) => name))],
    ["workflow", new Set([...coming, ...(await knownWorkflows(tx, refs("workflow")))])],
    ["catalog_item", new Set((await tx.catalogItem.findMany({ where: { slug: { in: refs("catalog_item") }, deletedAt: null }, select: { slug: true } })).map(({ slug }) => slug))],
  ]);
  const missing = new Map<string, ImportEntry["missing"][number]>();
  for (const { targetType, targetRef, nodeId } of dependencies) {
    const type = TYPES[targetType];
    if (type === undefined || known.get(targetType)?.has(targetRef) === true) continue;
    const entry = missing.get(`${type} ${targetRef}`) ?? { type, name: targetRef, nodeIds: [] };
    missing.set(`${type} ${targetRef}`, { ...entry, nodeIds: [...entry.nodeIds, nodeId] });
  }
  return [...missing.values()];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function knownWorkflows(tx: Tx, refs: string[]): Promise<string[]> {
  const ids = refs.filter((ref) => UUID.test(ref));
  const rows = await tx.workflow.findMany({ where: { deletedAt: null, OR: [{ id: { in: ids } }, { slug: { in: refs } }, { name: { in: refs } }] }, select: { id: true, slug: true, name: true } });
  return rows.flatMap(({ id, slug, name }) => [id, slug, name]);
}
