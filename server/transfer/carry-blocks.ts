import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { findBlockHashes, insertModule, takenBlockSlugs } from "@/server/modules/service";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { hashDefinition, type WorkflowFile } from "@/server/workflows/service";
import type { ImportBlock } from "./contract";

/** Where a version that the file names ends up. */
export type BlockPlaces = ReadonlyMap<string, { module: string; version: number }>;

export interface BlockPlan {
  view: ImportBlock;
  description: string;
  /** To be made, the oldest first; empty where the workspace has the block already. */
  versions: readonly { definition: Record<string, unknown>; note: string }[];
}

const keyOf = (module: string, version: number) => `${module}@${version}`;

/**
 * What becomes of the blocks in a file. A block that the workspace has with the same versions is used; another one of the same
 * name is left alone, and the file's block gets a name of its own. Whatever contains a block that moved has changed with it, so
 * the comparison is made again until nothing moves any more.
 */
export async function planBlocks(tx: Tx, scope: Scope, files: readonly WorkflowFile[]): Promise<{ plans: BlockPlan[]; places: BlockPlaces }> {
  const groups = new Map<string, WorkflowFile[]>();
  for (const file of files) if (file.block !== undefined) groups.set(file.block, [...(groups.get(file.block) ?? []), file]);
  const existing = await findBlockHashes(tx, scope, [...groups.keys()]);
  const renamed = new Map<string, string>();
  for (;;) {
    const places = placesOf(groups, existing, renamed);
    const moving = [...groups].filter(([slug, versions]) => !renamed.has(slug) && existing.has(slug) && !isSame(versions, existing.get(slug)!, places));
    if (moving.length === 0) return { plans: [...groups].map(([slug, versions]) => planOf(slug, versions, { renamed, existing, places })), places };
    for (const [slug] of moving) renamed.set(slug, await freeName(tx, scope, slug, new Set([...renamed.values(), ...groups.keys()])));
  }
}

export async function makeBlocks(tx: Tx, scope: Scope, plans: readonly BlockPlan[]): Promise<void> {
  for (const { view, description, versions } of plans) if (!view.present) await insertModule(tx, scope, { slug: view.slug, name: view.name, description }, versions);
}

/** The same definition with steps that name the blocks of this workspace. */
export function placeBlocks(definition: Record<string, unknown>, places: BlockPlaces): Record<string, unknown> {
  if (places.size === 0 || !Array.isArray(definition.nodes)) return definition;
  const nodes = (definition.nodes as { kind?: unknown; config?: Record<string, unknown> }[]).map((node) => {
    const place = node.kind === "module" ? places.get(keyOf(String(node.config?.module), Number(node.config?.version))) : undefined;
    return place === undefined ? node : { ...node, config: { ...node.config, ...place } };
  });
  return { ...definition, nodes };
}

type Groups = ReadonlyMap<string, readonly WorkflowFile[]>;
type Existing = ReadonlyMap<string, ReadonlyMap<string, number>>;

function placesOf(groups: Groups, existing: Existing, renamed: ReadonlyMap<string, string>): BlockPlaces {
  const places = new Map<string, { module: string; version: number }>();
  // Those within others first: what an outer block is depends on where its inner ones end up.
  for (let pass = 0; pass <= groups.size; pass += 1) {
    for (const [slug, versions] of groups) {
      const isNew = renamed.has(slug) || !existing.has(slug);
      for (const [index, file] of sorted(versions).entries()) {
        const version = isNew ? index + 1 : (existing.get(slug)!.get(hashOf(file, places) ?? "") ?? file.version);
        places.set(keyOf(slug, file.version), { module: renamed.get(slug) ?? slug, version });
      }
    }
  }
  return places;
}

function isSame(versions: readonly WorkflowFile[], there: ReadonlyMap<string, number>, places: BlockPlaces): boolean {
  return versions.every((file) => there.has(hashOf(file, places) ?? ""));
}

function planOf(slug: string, versions: readonly WorkflowFile[], { renamed, existing, places }: { renamed: ReadonlyMap<string, string>; existing: Existing; places: BlockPlaces }): BlockPlan {
  const files = sorted(versions);
  const newest = files.at(-1)!;
  const present = existing.has(slug) && !renamed.has(slug);
  const definitions = files.map((file) => placeBlocks(file.definition, places));
  return {
    description: newest.description,
    versions: present ? [] : definitions.map((definition, index) => ({ definition, note: `Imported, there version ${files[index]!.version}` })),
    view: {
      name: newest.name,
      slug: renamed.get(slug) ?? slug,
      renamedFrom: renamed.has(slug) ? slug : null,
      versions: files.length,
      present,
      problems: definitions.flatMap((definition, index) =>
        // A block is begun by the step that uses it, not by a trigger.
        validateWorkflow(definition).problems.filter(({ code }) => code !== "no_trigger").map((problem) => ({ ...problem, line: files[index]!.lineOf(problem.path) })),
      ),
    },
  };
}

function hashOf(file: WorkflowFile, places: BlockPlaces): string | null {
  const { definition } = validateWorkflow(placeBlocks(file.definition, places));
  return definition === null ? null : hashDefinition(definition);
}

function sorted(versions: readonly WorkflowFile[]): WorkflowFile[] {
  return versions.toSorted((a, b) => a.version - b.version);
}

async function freeName(tx: Tx, scope: Scope, slug: string, others: ReadonlySet<string>): Promise<string> {
  const base = slug.slice(0, 58);
  const taken = await takenBlockSlugs(tx, scope, base);
  for (let number = 2; ; number += 1) {
    const name = `${base}-${number}`;
    if (!taken.has(name) && !others.has(name)) return name;
  }
}
