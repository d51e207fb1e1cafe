import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { findStored, readStored } from "./read-versions";
import { ownModules, versionConfigSchema } from "./rows";

/** One version of a block, as a file carries it to another workspace. */
export interface CarriedBlock {
  slug: string;
  name: string;
  description: string;
  version: number;
  definition: Record<string, unknown>;
}

/** Blocks and versions that a definition's steps name. */
export function blocksIn(definition: Record<string, unknown>): { module: string; version: number }[] {
  const nodes: unknown[] = Array.isArray(definition.nodes) ? definition.nodes : [];
  return nodes.flatMap((node) => {
    const { kind, config } = node as { kind?: unknown; config?: { module?: unknown; version?: unknown } };
    return kind === "module" && typeof config?.module === "string" && typeof config.version === "number" ? [{ module: config.module, version: config.version }] : [];
  });
}

/** Everything that the definitions need of the workspace's blocks, those within blocks too. What is not there is left out. */
export async function collectBlocks(tx: Tx, scope: Scope, definitions: readonly Record<string, unknown>[]): Promise<CarriedBlock[]> {
  const found = new Map<string, CarriedBlock | null>();
  for (const waiting = definitions.flatMap(blocksIn); waiting.length > 0; ) {
    const { module, version } = waiting.shift()!;
    const key = `${module}@${version}`;
    if (found.has(key)) continue;
    const block = await readBlock(tx, scope, module, version);
    found.set(key, block);
    if (block !== null) waiting.push(...blocksIn(block.definition));
  }
  return [...found.values()].filter((block) => block !== null).toSorted((a, b) => (a.slug === b.slug ? a.version - b.version : a.slug < b.slug ? -1 : 1));
}

async function readBlock(tx: Tx, scope: Scope, slug: string, version: number): Promise<CarriedBlock | null> {
  const item = await tx.catalogItem.findFirst({ where: { ...ownModules(scope), slug }, select: { id: true, name: true, description: true } });
  const found = item === null ? null : await tx.catalogItemVersion.findFirst({ where: { itemId: item.id, number: version }, select: { config: true } });
  if (item === null || found === null) return null;
  const { definition } = await readStored(tx, { module: slug, version, ...versionConfigSchema.parse(found.config) });
  return { slug, version, name: item.name, description: item.description, definition };
}

/** Of each of these blocks that the workspace has: the versions by the hash of their definitions. */
export async function findBlockHashes(tx: Tx, scope: Scope, slugs: readonly string[]): Promise<Map<string, Map<string, number>>> {
  const items = await tx.catalogItem.findMany({ where: { ...ownModules(scope), slug: { in: [...slugs] } }, select: { id: true, slug: true } });
  const versions = await tx.catalogItemVersion.findMany({ where: { itemId: { in: items.map(({ id }) => id) } }, select: { itemId: true, number: true, config: true }, orderBy: { number: "asc" } });
  const ids = new Map(versions.map((version) => [version, versionConfigSchema.parse(version.config).versionId]));
  const stored = await findStored(tx, [...ids.values()]);
  return new Map(items.map(({ id, slug }) => [slug, new Map(versions.filter(({ itemId }) => itemId === id).map((version) => [stored.get(ids.get(version)!)?.hash ?? "", version.number]))]));
}

export async function takenBlockSlugs(tx: Tx, scope: Scope, beginning: string): Promise<Set<string>> {
  const items = await tx.catalogItem.findMany({ where: { ...ownModules(scope), slug: { startsWith: beginning } }, select: { slug: true } });
  return new Set(items.map(({ slug }) => slug));
}
