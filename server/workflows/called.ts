import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";
import { calledBy } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";

const CALLED = `SELECT r.ref, w.id FROM unnest($2::text[]) r(ref) JOIN LATERAL ${calledBy("r.ref")} w ON true`;

interface Called {
  ref: string;
  id: string;
}

/** Which workflow each reference calls, whoever may see it. */
export async function idsCalled(workspaceId: string, refs: readonly string[]): Promise<string[]> {
  return (await queryAsTenant<Called>(workspaceId, { text: CALLED, values: [workspaceId, refs] })).rows.map(({ id }) => id);
}

/** Of what may call a workflow, that which does now. */
async function refsOf(tx: Tx, { id, slug, name }: { id: string; slug: string; name: string }): Promise<string[]> {
  const rows = await called(tx, [id, slug, name]);
  return rows.filter((row) => row.id === id).map(({ ref }) => ref);
}

/** In the transaction, and whoever may see it. */
const called = (tx: Tx, refs: readonly string[]) => tx.$queryRaw<Called[]>`SELECT ref, id::text FROM workflows_called(${refs}::text[])`;

/** The names of those that whoever asks may change as well, and how many others there are. */
async function publishedCallers(tx: Tx, refs: readonly string[], besides: readonly string[]): Promise<string[]> {
  const all = await tx.$queryRaw<{ id: string }[]>`SELECT id::text FROM published_callers(${refs}::text[], ${besides}::uuid[])`;
  const seen = await tx.workflow.findMany({ where: { id: { in: all.map(({ id }) => id) } }, select: { name: true }, orderBy: [{ name: "asc" }, { id: "asc" }] });
  const others = all.length - seen.length;
  return [...seen.map(({ name }) => name), ...(others === 0 ? [] : [others === 1 ? "a workflow that you may not change" : `${others} workflows that you may not change`])];
}

/** A published version of a workflow that stays calls it. */
export async function refuseUsed(tx: Tx, workflow: { id: string; slug: string; name: string }, together: readonly string[]): Promise<void> {
  const usedBy = await publishedCallers(tx, await refsOf(tx, workflow), together);
  if (usedBy.length > 0) throw new DomainError("in_use", { what: "workflow", id: workflow.id, usedBy });
}

export async function idCalled(tx: Tx, ref: string): Promise<string | null> {
  return (await called(tx, [ref]))[0]?.id ?? null;
}

/** After a workflow has left its name: calls of published versions by it would go to another one, without a word. */
export async function refuseHandingOn(tx: Tx, { id, name }: { id: string; name: string }): Promise<void> {
  const next = await idCalled(tx, name);
  if (next === null || next === id) return;
  const usedBy = await publishedCallers(tx, [name], []);
  if (usedBy.length > 0) throw new DomainError("in_use", { what: `name ${name}, which another workflow has too,`, id, usedBy });
}
