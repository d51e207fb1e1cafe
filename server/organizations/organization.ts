import type { z } from "zod";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import type { OrganizationScope } from "@/server/auth/organization-scope";
import type { Session } from "@/server/auth/session";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { createOrganizationInput, organizationSchema, renameInput } from "./contract";
import { freeSlug } from "./free-slug";
import { inWords } from "./refusals";

interface Context {
  organization: OrganizationScope;
}
const done = { ok: true as const };

export async function getOrganization({ organization }: Context): Promise<z.output<typeof organizationSchema>> {
  const [people, workspaces] = await organization.db.transaction(async (tx) => [await tx.organizationMember.count(), await tx.workspace.count({ where: { deletedAt: null } })]);
  const { id, slug, name } = organization.organization;
  return { id, slug, name, role: organization.role, permissions: [...organization.permissions], people: people!, workspaces: workspaces! };
}

export async function renameOrganization({ organization }: Context, { name }: z.output<typeof renameInput>) {
  const { id, name: before } = organization.organization;
  await organization.db.transaction(async (tx) => {
    await tx.organization.update({ where: { id }, data: { name }, select: { id: true } });
    await recordAudit(tx, organization, { action: "organization.renamed", resource: { type: "organization", id, name }, before: { name: before }, after: { name } });
  });
  return done;
}

/** By a platform administrator, who becomes its first owner. */
export async function createOrganization({ session, origin }: { session: Session; origin: RequestOrigin }, input: z.output<typeof createOrganizationInput>) {
  const id = newId();
  return inWords({ kind: "organization", name: input.name, organization: input.name }, () =>
    rawDb().$transaction(async (tx) => {
      const slug = input.slug ?? (await freeSlug(input.name, async (wanted) => (await tx.organization.count({ where: { slug: wanted } })) > 0));
      await tx.organization.create({ data: { id, name: input.name, slug } });
      await tx.organizationMember.create({ data: { organizationId: id, userId: session.userId, role: "owner" } });
      const actor = { type: "user" as const, id: session.userId, name: session.name, userId: session.userId };
      await recordAudit(tx, { organizationId: id, workspaceId: null, actor, origin }, { action: "organization.created", resource: { type: "organization", id, name: input.name } });
      return { id, slug };
    }),
  );
}
