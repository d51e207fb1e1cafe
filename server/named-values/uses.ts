import type { Tx } from "@/server/db/scoped";
import { findEnvironments } from "@/server/environments/service";
import type { Use } from "./contract";
import { chainOf, type FolderPlace, type Placed, seenFrom } from "./scoping";

type Item = Placed & { id: string };

export function findFolderPlaces(tx: Tx): Promise<FolderPlace[]> {
  return tx.folder.findMany({ where: { deletedAt: null }, select: { id: true, parentId: true } });
}

/** Where each of them is named by what sees it: a namesake that is nearer takes the use. `items`: all of the workspace. */
export async function findUses(tx: Tx, what: "secret" | "variable", items: readonly Item[], folders: readonly FolderPlace[]): Promise<Map<string, Use[]>> {
  const names = [...new Set(items.map(({ name }) => name))];
  const uses = [...(await usesOfWorkflows(tx, what, names)), ...(what === "secret" ? [...(await usesOfTriggers(tx, names)), ...(await usesOfWorkspace(tx, names))] : [])];
  const folderOf = await foldersOf(tx, uses);
  const environments = await findEnvironments(tx);
  const found = new Map<string, Use[]>();
  for (const { name, use } of uses) {
    const chain = chainOf(folders, folderOf.get(use.workflowId ?? "") ?? null);
    const seen = new Set([null, ...environments].flatMap((environment) => seenFrom(items, chain, environment).get(name) ?? []));
    for (const { id } of seen) found.set(id, [...(found.get(id) ?? []), use]);
  }
  return found;
}

interface Named {
  name: string;
  use: Use;
}

async function usesOfWorkflows(tx: Tx, targetType: string, names: string[]): Promise<Named[]> {
  const rows = await tx.workflowDependency.findMany({
    where: { targetType, targetRef: { in: names }, workflow: { deletedAt: null } },
    select: { targetRef: true, origin: true, workflow: { select: { id: true, name: true, publishedVersion: { select: { number: true } } } } },
    distinct: ["targetRef", "workflowId", "origin"],
    orderBy: [{ workflow: { name: "asc" } }],
  });
  const found = new Map<string, Named>();
  for (const { targetRef: name, origin, workflow } of rows) {
    const key = `${name} ${workflow.id}`;
    const named = found.get(key) ?? { name, use: { kind: "workflow", id: workflow.id, name: workflow.name, workflowId: workflow.id, inDraft: false, publishedVersion: null } };
    if (origin === "draft") named.use.inDraft = true;
    else named.use.publishedVersion = workflow.publishedVersion?.number ?? null;
    found.set(key, named);
  }
  return [...found.values()];
}

async function usesOfTriggers(tx: Tx, names: string[]): Promise<Named[]> {
  const triggers = await tx.trigger.findMany({ where: { retiredAt: null, workflow: { deletedAt: null } }, select: { id: true, name: true, workflowId: true, config: true }, orderBy: { name: "asc" } });
  return triggers.flatMap(({ id, name, workflowId, config }) => namedIn(config, names).map((secret) => ({ name: secret, use: { ...other("trigger", id, name), workflowId } })));
}

/** What belongs to no workflow sees what belongs to no folder. */
async function usesOfWorkspace(tx: Tx, names: string[]): Promise<Named[]> {
  const adapters = await tx.catalogItem.findMany({ where: { type: "adapter", deletedAt: null }, select: { id: true, name: true, config: true }, orderBy: { name: "asc" } });
  const settings = await tx.scopedSetting.findMany({ where: { key: MAIL_SETTING }, select: { id: true, value: true } });
  return [
    ...adapters.flatMap(({ id, name, config }) => namedIn(config, names).map((secret) => ({ name: secret, use: other("adapter", id, name) }))),
    ...settings.flatMap(({ id, value }) => namedIn(value, names).map((secret) => ({ name: secret, use: other("setting", id, "Mail server") }))),
  ];
}

const other = (kind: "trigger" | "adapter" | "setting", id: string, name: string): Use => ({ kind, id, name, workflowId: null, inDraft: false, publishedVersion: null });
const MAIL_SETTING = "alerts.mail";

/** Fields that name secrets are called `secret`, or end with it. */
export function namedIn(config: unknown, names: readonly string[]): string[] {
  const found = new Set<string>();
  const look = (value: unknown, field: string) => {
    if (typeof value === "string") {
      if (/secret$/i.test(field) && names.includes(value)) found.add(value);
    } else if (Array.isArray(value)) value.forEach((item: unknown) => look(item, field));
    else if (typeof value === "object" && value !== null) for (const [key, item] of Object.entries(value)) look(item, key);
  };
  look(config, "");
  return [...found];
}

async function foldersOf(tx: Tx, uses: readonly Named[]): Promise<Map<string, string>> {
  const ids = [...new Set(uses.flatMap(({ use }) => use.workflowId ?? []))];
  const rows = await tx.folderItem.findMany({ where: { itemType: "workflow", itemId: { in: ids } }, select: { itemId: true, folderId: true } });
  return new Map(rows.map(({ itemId, folderId }) => [itemId, folderId]));
}
