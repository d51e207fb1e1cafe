import { Prisma, type Workflow } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

/** Throws the same for a foreign id as for a missing one. */
export async function findWorkflow(tx: Tx, id: string): Promise<Workflow> {
  const workflow = await tx.workflow.findFirst({ where: { id, deletedAt: null } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id });
  return workflow;
}

export async function findEditableWorkflow(tx: Tx, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(tx, id);
  if (workflow.archivedAt !== null) throw new DomainError("archived", { what: "workflow", id });
  return workflow;
}

/** Until the transaction ends, nobody else publishes or saves this workflow. */
export async function lockWorkflow(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`select 1 from workflow where id = ${id}::uuid for update`;
}

/** With the commit, tells the pages that show this workflow. */
export async function tellWorkflowChanged(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.$queryRaw`select pg_notify('millrace_workflow', ${`${workspaceId}/${id}`})::text`;
}

export interface WorkflowExtras {
  id: string;
  triggers: string[];
  runId: string | null;
  runStatus: string | null;
  runAt: Date | null;
}

/** Trigger kinds of the drafts, and each workflow's newest run. PostgreSQL's own functions refuse JSON that holds `\u0000`. */
export async function findExtras(tx: Tx, ids: string[]): Promise<Map<string, WorkflowExtras>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.$queryRaw<WorkflowExtras[]>`
    select w.id, t.triggers, r.id as "runId", coalesce(q.state, r.status) as "runStatus", r.created_at as "runAt"
    from workflow w
    cross join lateral (
      select coalesce(array_agg(distinct m[1]), '{}') as triggers
      from regexp_matches(w.draft::text, '"kind"\\s*:\\s*"(trigger\\.[A-Za-z0-9_.-]+)"', 'g') m
    ) t
    left join lateral (
      select id, status, created_at from run
      where run.workspace_id = w.workspace_id and run.workflow_id = w.id
      order by created_at desc, id desc limit 1
    ) r on true
    left join run_queue q on q.run_id = r.id
    where w.id in (${Prisma.join(ids.map((id) => Prisma.sql`${id}::uuid`))})`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** `others`: slugs that are taken as well, by what is about to be made. */
export async function freeSlug(tx: Tx, name: string, others: ReadonlySet<string> = new Set()): Promise<string> {
  const base = slugOf(name);
  // What another workflow is named calls that one: a slug goes before a name, and would take its calls over.
  const taken = await tx.workflow.findMany({ where: { OR: [{ slug: { startsWith: base } }, { name: { startsWith: base } }], deletedAt: null }, select: { slug: true, name: true } });
  const slugs = new Set(taken.flatMap((one) => [one.slug, one.name]));
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? base : `${base.slice(0, 50)}-${number}`;
    if (!slugs.has(slug) && !others.has(slug)) return slug;
  }
}

export function slugOf(name: string): string {
  const words = name.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.join("-").slice(0, 55).replace(/-$/, "") || "workflow";
}

export async function namesOfPeople(tx: Tx, ids: (string | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const people = await tx.user.findMany({ where: { id: { in: wanted } }, select: { id: true, name: true, email: true } });
  return new Map(people.map(({ id, name, email }) => [id, name ?? email]));
}

export async function personOf(tx: Tx, id: string | null): Promise<{ id: string; name: string } | null> {
  return id === null ? null : { id, name: (await namesOfPeople(tx, [id])).get(id) ?? "somebody" };
}
