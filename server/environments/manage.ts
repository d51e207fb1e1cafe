import type { z } from "zod";
import type { Environment } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { MAX_ENVIRONMENTS } from "./constants";
import type * as contract from "./contract";
import { findEnvironment, findEnvironments, lockEnvironments } from "./queries";
import { mayPromote } from "./rights";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;
type View = contract.EnvironmentView;

export function listEnvironments({ scope }: Context): Promise<View[]> {
  return scope.db.transaction((tx) => viewEnvironments(tx, scope));
}

export async function viewEnvironments(tx: Tx, scope: Scope): Promise<View[]> {
  const environments = await findEnvironments(tx);
  const people = await tx.user.findMany({ where: { id: { in: environments.flatMap(({ promoterIds }) => promoterIds) } }, select: { id: true, name: true, email: true } });
  return environments.map((one, index) => ({
    id: one.id, name: one.name, slug: one.slug, color: one.color as View["color"],
    isLive: index === environments.length - 1,
    isStrict: one.isStrict, allowsTests: one.allowsTests, allowsSkipping: one.allowsSkipping,
    promoters: { roles: one.promoterRoles, people: people.filter(({ id }) => one.promoterIds.includes(id)).map(({ id, name, email }) => ({ id, name: name ?? email })) },
    mayPromote: scope.can("workflow:publish") && mayPromote(scope, one),
  }));
}

/** When the first ones come, what is published counts as deployed in all of them. */
export function addEnvironments({ scope }: Context, { environments }: Input<typeof contract.addEnvironmentsInput>): Promise<View[]> {
  const { workspaceId } = scope;
  const added = scope.db.transaction(async (tx) => {
    await lockEnvironments(tx, workspaceId);
    const before = await findEnvironments(tx);
    if (before.length + environments.length > MAX_ENVIRONMENTS) throw new DomainError("limit_reached", { what: "environments", limit: MAX_ENVIRONMENTS });
    const rows = environments.map((one) => ({ ...one, id: newId(), workspaceId, position: 0, allowsTests: false }));
    const live = before.at(-1);
    if (live === undefined && rows[0] !== undefined) rows[0].allowsTests = rows.length > 1;
    await tx.environment.createMany({ data: rows });
    await setOrder(tx, [...before.slice(0, -1).map(({ id }) => id), ...rows.map(({ id }) => id), ...(live === undefined ? [] : [live.id])]);
    if (live === undefined) await deployEverywhere(tx, scope, rows.map(({ id }) => id));
    for (const { id, name, slug } of rows) await recordAudit(tx, scope, { action: "environment.added", resource: { type: "environment", id, name }, after: { slug } });
    return viewEnvironments(tx, scope);
  });
  return added.catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "environment", name: environments.map(({ slug }) => slug).join(", "), field: "slug" }, { cause: error }) : error;
  });
}

/** Publishing waits for the lock that the caller has. All that was ever published was live: it may be gone back to there. */
async function deployEverywhere(tx: Tx, { workspaceId }: Scope, ids: readonly string[]): Promise<void> {
  const live = ids.at(-1)!;
  await tx.workspace.update({ where: { id: workspaceId }, data: { liveEnvironmentId: live } });
  await tx.$executeRaw`
    insert into deployment (id, workspace_id, workflow_id, environment_id, version_id, kind, deployed_by_id, deployed_at)
    select gen_random_uuid(), w.workspace_id, w.id, e.id, v.id, 'initial', v.author_id, coalesce(w.published_at, v.created_at)
    from workflow w join workflow_version v on v.id = w.published_version_id cross join unnest(${[...ids]}::uuid[]) e (id)
    where w.workspace_id = ${workspaceId}::uuid`;
  await tx.$executeRaw`
    insert into deployment (id, workspace_id, workflow_id, environment_id, version_id, kind, deployed_by_id, deployed_at, replaced_at)
    select gen_random_uuid(), w.workspace_id, w.id, ${live}::uuid, v.id, 'initial', v.author_id, v.created_at, now()
    from workflow w join workflow_version v on v.workflow_id = w.id and v.listed and v.id is distinct from w.published_version_id
    where w.workspace_id = ${workspaceId}::uuid and w.kind <> 'module'`;
}

async function setOrder(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const [position, id] of ids.entries()) await tx.environment.updateMany({ where: { id }, data: { position } });
}

export function changeEnvironment({ scope }: Context, { environmentId, promoters, ...changes }: Input<typeof contract.changeEnvironmentInput>): Promise<View[]> {
  return scope.db.transaction(async (tx) => {
    await lockEnvironments(tx, scope.workspaceId);
    const before = await findEnvironment(tx, environmentId);
    const data = { ...changes, ...(promoters === undefined ? {} : { promoterRoles: [...new Set(promoters.roles)], promoterIds: await knownPeople(tx, promoters.userIds) }) };
    await tx.environment.update({ where: { id: before.id }, data });
    await recordAudit(tx, scope, { action: "environment.changed", resource: { type: "environment", id: before.id, name: before.name }, before: pick(before, Object.keys(data)), after: data });
    return viewEnvironments(tx, scope);
  });
}

const pick = (row: Environment, names: readonly string[]) => Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));

async function knownPeople(tx: Tx, userIds: readonly string[]): Promise<string[]> {
  const ids = [...new Set(userIds)];
  const known = await tx.user.findMany({ where: { id: { in: ids } }, select: { id: true } });
  const missing = ids.find((id) => !known.some((person) => person.id === id));
  if (missing !== undefined) throw new DomainError("not_found", { what: "person", id: missing });
  return ids;
}

export function orderEnvironments({ scope }: Context, { environmentIds }: Input<typeof contract.orderEnvironmentsInput>): Promise<View[]> {
  return scope.db.transaction(async (tx) => {
    await lockEnvironments(tx, scope.workspaceId);
    const before = (await findEnvironments(tx)).map(({ id }) => id);
    for (const id of environmentIds) await findEnvironment(tx, id);
    if (new Set(environmentIds).size !== before.length || environmentIds.length !== before.length) throw new DomainError("invalid_input", { field: "environmentIds", reason: "must name every environment once" });
    if (environmentIds.at(-1) !== before.at(-1)) throw new DomainError("invalid_input", { field: "environmentIds", reason: "must end with the live environment" });
    await setOrder(tx, environmentIds);
    await recordAudit(tx, scope, { action: "environment.ordered", resource: { type: "workspace", id: scope.workspaceId }, before: { environmentIds: before }, after: { environmentIds } });
    return viewEnvironments(tx, scope);
  });
}
