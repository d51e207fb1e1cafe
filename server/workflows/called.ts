import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";
import { calledBy } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";

const CALLED = `SELECT r.ref, w.id FROM unnest($2::text[]) r(ref) JOIN LATERAL ${calledBy("r.ref")} w ON true`;

const IN_TX = CALLED.replace("workspace_id = $1", "workspace_id = $1::uuid");

interface Called {
  ref: string;
  id: string;
}

/** Which workflow each reference calls, whoever may see it. */
export async function idsCalled(workspaceId: string, refs: readonly string[]): Promise<string[]> {
  return (await queryAsTenant<Called>(workspaceId, { text: CALLED, values: [workspaceId, refs] })).rows.map(({ id }) => id);
}

/** Of what may call a workflow, that which does now. */
async function refsOf(tx: Tx, workspaceId: string, { id, slug, name }: { id: string; slug: string; name: string }): Promise<string[]> {
  const rows = await tx.$queryRawUnsafe<Called[]>(IN_TX, workspaceId, [id, slug, name]);
  return rows.filter((row) => row.id === id).map(({ ref }) => ref);
}

async function publishedCallers(tx: Tx, refs: readonly string[], besides: readonly string[]): Promise<string[]> {
  const users = await tx.workflowDependency.findMany({
    where: { targetType: "workflow", targetRef: { in: [...refs] }, origin: "published", workflowId: { notIn: [...besides] }, workflow: { deletedAt: null, archivedAt: null } },
    select: { workflow: { select: { name: true } } },
    distinct: ["workflowId"],
  });
  return users.map(({ workflow }) => workflow.name);
}

/** A published version of a workflow that stays calls it. */
export async function refuseUsed(tx: Tx, workspaceId: string, workflow: { id: string; slug: string; name: string }, together: readonly string[]): Promise<void> {
  const usedBy = await publishedCallers(tx, await refsOf(tx, workspaceId, workflow), together);
  if (usedBy.length > 0) throw new DomainError("in_use", { what: "workflow", id: workflow.id, usedBy });
}

export async function idCalled(tx: Tx, workspaceId: string, ref: string): Promise<string | null> {
  return (await tx.$queryRawUnsafe<Called[]>(IN_TX, workspaceId, [ref]))[0]?.id ?? null;
}

/** After a workflow has left its name: calls of published versions by it would go to another one, without a word. */
export async function refuseHandingOn(tx: Tx, workspaceId: string, { id, name }: { id: string; name: string }): Promise<void> {
  const next = await idCalled(tx, workspaceId, name);
  if (next === null || next === id) return;
  const usedBy = await publishedCallers(tx, [name], []);
  if (usedBy.length > 0) throw new DomainError("in_use", { what: `name ${name}, which another workflow has too,`, id, usedBy });
}
