import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { type createTagInput, type deletedTagSchema, MAX_TAGS, type Tag, tagColorSchema, type tagItemsInput, type updateTagInput } from "./contract";
import { findItems, findTag, requireItems, tellTreeChanged } from "./queries";

interface Context {
  scope: Scope;
}
const done = { ok: true as const };
const resourceOf = (id: string, name: string) => ({ type: "tag", id, name });

async function refuseTakenName<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("name_taken", { what: "tag", name, field: "name" }, { cause: error });
    throw error;
  }
}

export async function createTag({ scope }: Context, { itemType, name, color, itemIds }: z.output<typeof createTagInput>): Promise<Tag> {
  const id = newId();
  await refuseTakenName(name, () =>
    scope.db.transaction(async (tx) => {
      if ((await tx.tag.count()) >= MAX_TAGS) throw new DomainError("limit_reached", { what: "tags", limit: MAX_TAGS });
      await requireItems(tx, itemType, itemIds);
      await tx.tag.create({ data: { id, workspaceId: scope.workspaceId, name, color } });
      const links = [...new Set(itemIds)].map((itemId) => ({ workspaceId: scope.workspaceId, tagId: id, itemType, itemId }));
      if (links.length > 0) await tx.tagLink.createMany({ data: links });
      await tellTreeChanged(tx);
      await recordAudit(tx, scope, { action: "tag.created", resource: resourceOf(id, name), after: { color } });
    }),
  );
  return { id, name, color };
}

export async function updateTag({ scope }: Context, { tagId, name, color }: z.output<typeof updateTagInput>) {
  await refuseTakenName(name, () =>
    scope.db.transaction(async (tx) => {
      const before = await findTag(tx, tagId);
      await tx.tag.update({ where: { id: tagId }, data: { name, color } });
      await tellTreeChanged(tx);
      await recordAudit(tx, scope, { action: "tag.changed", resource: resourceOf(tagId, name), before: { name: before.name, color: before.color }, after: { name, color } });
    }),
  );
  return done;
}

/** Answers what it takes to make the tag again. */
export function deleteTag({ scope }: Context, { tagId }: { tagId: string }): Promise<z.output<typeof deletedTagSchema>> {
  return scope.db.transaction(async (tx) => {
    const tag = await findTag(tx, tagId);
    const links = await tx.tagLink.findMany({ where: { tagId, itemType: "workflow" }, select: { itemId: true } });
    const known = await findItems(tx, "workflow", links.map(({ itemId }) => itemId));
    await tx.tag.delete({ where: { id: tagId } });
    await tellTreeChanged(tx);
    await recordAudit(tx, scope, { action: "tag.deleted", resource: resourceOf(tagId, tag.name), before: { color: tag.color, items: links.length } });
    return { name: tag.name, color: tagColorSchema.catch("gray").parse(tag.color), itemIds: [...known] };
  });
}

export async function tagItems({ scope }: Context, { itemType, itemIds, add, remove }: z.output<typeof tagItemsInput>) {
  await scope.db.transaction(async (tx) => {
    await requireItems(tx, itemType, itemIds);
    for (const id of [...add, ...remove]) await findTag(tx, id);
    if (remove.length > 0) await tx.tagLink.deleteMany({ where: { itemType, itemId: { in: itemIds }, tagId: { in: remove } } });
    const links = [...new Set(itemIds)].flatMap((itemId) => [...new Set(add)].map((tagId) => ({ workspaceId: scope.workspaceId, tagId, itemType, itemId })));
    if (links.length > 0) await tx.tagLink.createMany({ data: links, skipDuplicates: true });
    await tellTreeChanged(tx);
    for (const id of new Set(itemIds)) await recordAudit(tx, scope, { action: `${itemType}.tagged`, resource: { type: itemType, id }, after: { add, remove } });
  });
  return done;
}
