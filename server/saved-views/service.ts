import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import type * as contract from "./contract";

interface Context {
  scope: Scope;
}
type View = contract.SavedView;
type Row = Prisma.SavedViewGetPayload<{ include: { user: { select: { name: true; email: true } } } }>;

const WITH_OWNER = { user: { select: { name: true, email: true } } } as const;
/** More than a menu can show; a person who reaches it is told. */
const MAX_VIEWS = 200;

/** The caller's own views and those that are shared, by name. */
export async function listViews({ scope }: Context, { page }: z.output<typeof contract.listViewsInput>): Promise<View[]> {
  const rows = await scope.db.savedView.findMany({ where: { page, ...visibleTo(scope) }, include: WITH_OWNER, orderBy: [{ name: "asc" }, { id: "asc" }], take: 2 * MAX_VIEWS });
  return rows.map((row) => toView(scope, row));
}

export async function createView({ scope }: Context, { page, name, query, shared }: z.output<typeof contract.createViewInput>): Promise<View> {
  const userId = requirePerson(scope);
  if (shared) requireSharing(scope);
  return naming(name, () =>
    scope.db.transaction(async (tx) => {
      if ((await tx.savedView.count({ where: { page, userId } })) >= MAX_VIEWS) throw new DomainError("limit_reached", { what: "views", limit: MAX_VIEWS });
      const row = await tx.savedView.create({ data: { id: newId(), workspaceId: scope.workspaceId, userId, page, name, query, shared }, include: WITH_OWNER });
      await announceViews(tx);
      await recordAudit(tx, scope, { action: "saved_view.created", resource: resourceOf(row), after: { page, shared } });
      return toView(scope, row);
    }),
  );
}

export async function updateView({ scope }: Context, { viewId, ...change }: z.output<typeof contract.updateViewInput>): Promise<View> {
  return naming(change.name ?? "", () =>
    scope.db.transaction(async (tx) => {
      const row = await requireChangeable(tx, scope, viewId);
      if (change.shared === true && !row.shared) requireSharing(scope);
      await announceViews(tx);
      const changed = await tx.savedView.update({ where: { id: viewId }, data: change, include: WITH_OWNER });
      await recordAudit(tx, scope, { action: "saved_view.changed", resource: resourceOf(changed), before: summaryOf(row), after: summaryOf(changed) });
      return toView(scope, changed);
    }),
  );
}

export async function removeView({ scope }: Context, { viewId }: z.output<typeof contract.viewRefInput>): Promise<{ viewId: string }> {
  await scope.db.transaction(async (tx) => {
    const row = await requireChangeable(tx, scope, viewId);
    await recordAudit(tx, scope, { action: "saved_view.removed", resource: resourceOf(row), before: summaryOf(row) });
    await tx.savedView.delete({ where: { id: viewId } });
    await announceViews(tx);
  });
  return { viewId };
}

const resourceOf = ({ id, name }: Row) => ({ type: "saved_view", id, name });
const summaryOf = ({ name, shared, userId }: Row) => ({ name, shared, owner: userId });

/** Other tabs and people show them too. */
async function announceViews(tx: Tx): Promise<void> {
  await tx.$queryRaw`select pg_notify('millrace_view', current_workspace_id()::text || '/views')::text`;
}

function visibleTo(scope: Scope): Prisma.SavedViewWhereInput {
  return { OR: [{ shared: true }, ...(scope.userId === null ? [] : [{ userId: scope.userId }])] };
}

/** Another person's own view is as good as missing; a shared one is changed by its owner and by those who keep the settings. */
async function requireChangeable(tx: Tx, scope: Scope, viewId: string): Promise<Row> {
  const row = await tx.savedView.findFirst({ where: { id: viewId, ...visibleTo(scope) }, include: WITH_OWNER });
  if (row === null) throw new DomainError("not_found", { what: "view", id: viewId });
  if (!mayChange(scope, row)) throw new DomainError("forbidden", { permission: "settings:write" });
  return row;
}

function mayChange(scope: Scope, row: Pick<Row, "userId" | "shared">): boolean {
  return row.userId === scope.userId || (row.shared && scope.can("settings:write"));
}

/** Who may act for the workspace may also put something into everybody's menu. */
function requireSharing(scope: Scope): void {
  scope.require("run:start");
}

function requirePerson(scope: Scope): string {
  if (scope.userId === null) throw new DomainError("invalid_input", { field: "", reason: "needs a person: a view belongs to somebody" });
  return scope.userId;
}

async function naming<Result>(name: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("name_taken", { what: "view", name, field: "name" }, { cause: error });
    throw error;
  }
}

function toView(scope: Scope, row: Row): View {
  const { id, name, query, shared, user } = row;
  return { id, name, query, shared, owner: user.name ?? user.email, mayChange: mayChange(scope, row) };
}
