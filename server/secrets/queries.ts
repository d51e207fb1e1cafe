import type { Tx } from "@/server/db/scoped";
import { newId } from "@/server/db/id";
import { queryAsTenant } from "@/server/db/tenant-query";

/** Those of deleted folders are seen by nobody. */
export const IN_USE = { OR: [{ folderId: null }, { folder: { deletedAt: null } }] };

export async function findSecretRows(tx: Tx) {
  const secrets = await tx.secret.findMany({ where: IN_USE, orderBy: [{ name: "asc" }, { id: "asc" }], omit: { sealed: true }, include: { store: { select: { id: true, name: true } } } });
  const editors = await tx.user.findMany({
    where: { id: { in: secrets.flatMap(({ updatedById }) => updatedById ?? []) } },
    select: { id: true, name: true, email: true },
  });
  return { secrets, editors };
}

/** Who asks for a secret: it sees those of its workflow's folders and of the workspace, and of one environment at most. */
export interface Asking {
  workspaceId: string;
  runId?: string;
  triggerId?: string;
}

export interface SealedSecret {
  id: string;
  name: string;
  /** The value; of one that lies elsewhere the credential of its store. */
  sealed: Uint8Array;
  dataKeyId: string;
  wrapped: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
  organizationId: string;
  workflowId: string | null;
  store: { id: string; name: string; kind: string; config: unknown; cacheSeconds: number; revision: number; ref: string } | null;
}

/** For a running step or a trigger: there is no scope there, its workspace is what counts. */
export async function findSealedSecrets({ workspaceId, runId, triggerId }: Asking, names: readonly string[]): Promise<SealedSecret[]> {
  const { rows } = await queryAsTenant<SealedSecret>(workspaceId, {
    name: "resolve-secrets",
    text: `with asking as materialized (select a.workflow_id, a.environment_id, (select e.is_strict from environment e where e.id = a.environment_id) as is_strict from (
        select workflow_id, environment_id from run where id = $3
        union all select t.workflow_id, coalesce(t.environment_id, o.live_environment_id) from trigger t join workspace o on o.id = t.workspace_id where $3::uuid is null and t.id = $4) a),
      chain as materialized (select c.* from asking, folder_chain(asking.workflow_id) c)
      select distinct on (s.name) s.id, s.name, coalesce(s.sealed, t.sealed) as sealed, k.id as "dataKeyId", k.wrapped, k.master_key_id as "masterKeyId", w.organization_id as "organizationId",
        (select workflow_id from asking) as "workflowId",
        case when t.id is not null then json_build_object('id', t.id, 'name', t.name, 'kind', t.kind, 'config', t.config, 'cacheSeconds', t.cache_seconds, 'revision', t.revision, 'ref', s.store_ref) end as store
      from secret s left join secret_store t on t.id = s.store_id and t.workspace_id = s.workspace_id
      join data_key k on k.id = coalesce(s.data_key_id, t.data_key_id) and k.workspace_id = s.workspace_id
      join workspace w on w.id = s.workspace_id left join chain c on c.id = s.folder_id
      where s.workspace_id = $1 and s.name = any($2) and (s.folder_id is null or c.id is not null)
        and (case when s.environment_id is null then (select is_strict from asking) is not true else s.environment_id = (select environment_id from asking) end)
        and not exists (select from trigger g where g.id = $4 and g.secret_folder_id is distinct from s.folder_id and g.secret_folder_id is not null)
      order by s.name, c.depth nulls last, s.environment_id nulls last`,
    values: [workspaceId, names, runId ?? null, triggerId ?? null],
  });
  return rows;
}

/** Notes that they were used, by the minute. */
export async function touchSecrets({ workspaceId, runId }: Asking, secrets: readonly SealedSecret[]): Promise<void> {
  await queryAsTenant(workspaceId, {
    name: "touch-secrets",
    text: `with touched as (
        insert into secret_use (id, workspace_id, secret_id, run_id, workflow_id, used_at)
        select u.id, $2, u.secret_id, $4, u.workflow_id, now() from unnest($1::uuid[], $3::uuid[], $5::uuid[]) u (id, secret_id, workflow_id)
        on conflict (secret_id) do update set run_id = excluded.run_id, workflow_id = excluded.workflow_id, used_at = excluded.used_at
          where secret_use.used_at < now() - interval '1 minute')
      update secret set last_used_at = now()
      where id = any($3::uuid[]) and workspace_id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    values: [secrets.map(() => newId()), workspaceId, secrets.map(({ id }) => id), runId ?? null, secrets.map(({ workflowId }) => workflowId)],
  });
}
