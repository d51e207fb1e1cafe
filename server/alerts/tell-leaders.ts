import type { ClientBase } from "pg";
import { notifyPeople } from "./notify-people";
import { findPeople } from "./people";
import type { Severity } from "./wording";

interface Place {
  organizationId: string;
  /** Null: the organization as such. Each of its owners and admins hears of it once, in the oldest workspace. */
  workspaceId: string | null;
}

export interface ToldLeaders {
  /** The same twice is one. */
  key: string;
  event: string;
  severity: Severity;
  title: string;
  text: string;
  path: string;
}

const OLDEST = "SELECT id::text AS id FROM workspace WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1";

const LEADERS = "SELECT user_id::text AS id FROM organization_member WHERE organization_id = $1 AND role IN ('owner', 'admin')";

/** Owners and admins hear of it, in the inbox and by mail as they prefer. Answers the workspace whose pages are to be told. */
export async function tellLeaders(client: ClientBase, place: Place, told: ToldLeaders): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(OLDEST, [place.organizationId]);
  const workspaceId = place.workspaceId ?? rows[0]?.id;
  if (workspaceId === undefined) return null;
  const leads = await leadersOf(client, place);
  const people = (await findPeople(client, workspaceId, "alerts", {})).filter(({ id, names }) => leads?.has(id) ?? (names.includes("owner") || names.includes("admin")));
  const isTold = await notifyPeople(client, { ...told, workspaceId, category: "alerts" }, people);
  return isTold ? workspaceId : null;
}

/** Whom `tellLeaders` tells of the organization, in this workspace: nobody in any but the oldest. */
export async function organizationLeadersTold(client: ClientBase, workspaceId: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ organizationId: string }>('SELECT organization_id::text AS "organizationId" FROM workspace WHERE id = $1', [workspaceId]);
  const organizationId = rows[0]?.organizationId ?? "";
  const oldest = await client.query<{ id: string }>(OLDEST, [organizationId]);
  return oldest.rows[0]?.id === workspaceId ? ((await leadersOf(client, { organizationId, workspaceId: null })) ?? new Set()) : new Set();
}

/** Whoever leads one workspace alone does not look after the organization. Null: the matter is a workspace's. */
async function leadersOf(client: ClientBase, { organizationId, workspaceId }: Place): Promise<Set<string> | null> {
  if (workspaceId !== null) return null;
  const { rows } = await client.query<{ id: string }>(LEADERS, [organizationId]);
  return new Set(rows.map(({ id }) => id));
}
