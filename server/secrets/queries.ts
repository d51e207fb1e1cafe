import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";

export async function findSecretViews(tx: Tx) {
  const secrets = await tx.secret.findMany({ orderBy: { name: "asc" }, omit: { sealed: true } });
  const uses = await tx.workflowDependency.findMany({
    where: { targetType: "secret", workflow: { deletedAt: null } },
    select: { targetRef: true, workflow: { select: { id: true, name: true } } },
    distinct: ["targetRef", "workflowId"],
  });
  const editors = await tx.user.findMany({
    where: { id: { in: secrets.flatMap(({ updatedById }) => updatedById ?? []) } },
    select: { id: true, name: true, email: true },
  });
  return { secrets, uses, editors };
}

export interface SealedSecret {
  id: string;
  name: string;
  sealed: Uint8Array;
  dataKeyId: string;
  wrapped: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
  organizationId: string;
}

/** For a running step: there is no scope there, the run's workspace is what counts. */
export async function findSealedSecrets(workspaceId: string, names: readonly string[]): Promise<SealedSecret[]> {
  const { rows } = await queryAsTenant<SealedSecret>(workspaceId, {
    name: "resolve-secrets",
    text: `select s.id, s.name, s.sealed, k.id as "dataKeyId", k.wrapped, k.master_key_id as "masterKeyId", w.organization_id as "organizationId"
      from secret s join data_key k on k.id = s.data_key_id and k.workspace_id = s.workspace_id
      join workspace w on w.id = s.workspace_id
      where s.workspace_id = $1 and s.name = any($2)`,
    values: [workspaceId, names],
  });
  return rows;
}

export async function touchSecrets(workspaceId: string, ids: readonly string[]): Promise<void> {
  await queryAsTenant(workspaceId, {
    name: "touch-secrets",
    text: `update secret set last_used_at = now()
      where id = any($1::uuid[]) and workspace_id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    values: [ids, workspaceId],
  });
}
