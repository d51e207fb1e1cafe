import type { ClientBase } from "pg";
import { type Held, heldOf } from "@/server/auth/roles-held";
import { isNamed } from "@/server/nodes/approval/named";
import type { Category, Wants } from "./contract";
import { type OwnChoice, readRolePreferences, ROLES_SETTING, wantsOf } from "./preferences";

export interface Person extends Held {
  id: string;
  email: string;
  wants: Wants;
  own: OwnChoice | null;
}

// Of a folder: who has a role in it, or in one that it lies in. Roles as `roles_of_people` names them.
const PEOPLE = `
WITH RECURSIVE up AS (
  SELECT id, parent_id FROM folder WHERE id = $4::uuid AND workspace_id = $1::uuid AND deleted_at IS NULL
  UNION SELECT f.id, f.parent_id FROM up JOIN folder f ON f.id = up.parent_id AND f.workspace_id = $1::uuid
), r AS (
  SELECT user_id, workflow_id, role, name, permissions FROM roles_of_people($1::uuid, NULL, array_remove(ARRAY[$3]::uuid[], NULL))
  UNION ALL
  SELECT coalesce(g.user_id, m.user_id), g.folder_id, g.role, CASE WHEN lower(c.name) IN ('owner', 'admin', 'builder', 'operator', 'viewer') THEN g.role ELSE coalesce(c.name, g.role) END, c.permissions
  FROM access_grant g LEFT JOIN group_member m ON m.group_id = g.group_id LEFT JOIN custom_role c ON c.id = g.custom_role_id
  WHERE g.workspace_id = $1::uuid AND g.folder_id IN (SELECT id FROM up) AND num_nonnulls(g.user_id, m.user_id) = 1
)
SELECT u.id, u.email, json_agg(json_build_object('workflowId', r.workflow_id, 'role', r.role, 'name', r.name, 'permissions', r.permissions)) AS held,
  CASE WHEN p.user_id IS NOT NULL THEN json_build_object('inApp', p.in_app, 'email', p.email) END AS own
FROM r JOIN user_account u ON u.id = r.user_id
LEFT JOIN notification_preference p ON p.workspace_id = $1::uuid AND p.user_id = u.id AND p.category = $2
WHERE u.disabled_at IS NULL GROUP BY u.id, u.email, p.user_id, p.in_app, p.email ORDER BY u.id`;

const SETTING = "SELECT value FROM scoped_setting WHERE key = $1 AND scope_type = 'workspace' AND scope_id = $2";

interface Row {
  id: string;
  email: string;
  held: Parameters<typeof heldOf>[0];
  own: OwnChoice | null;
}

/** What is told of: a workflow, a folder, or the whole workspace. */
export interface PartOf {
  workflowId?: string | null;
  folderId?: string | null;
}

/** Whoever has a role there, from wherever, with how each wants to hear of such things. */
export async function findPeople(client: ClientBase, workspaceId: string, category: Category, { workflowId = null, folderId = null }: PartOf): Promise<Person[]> {
  const { rows: [setting] } = await client.query<{ value: unknown }>({ name: "alert-roles", text: SETTING, values: [ROLES_SETTING, workspaceId] });
  const preferences = readRolePreferences(setting?.value);
  const { rows } = await client.query<Row>({ name: "alert-people", text: PEOPLE, values: [workspaceId, category, workflowId, folderId] });
  return rows.map(({ held: roles, ...person }) => {
    const held = heldOf(roles);
    return { ...person, ...held, wants: wantsOf(held.kinds, category, preferences, person.own) };
  });
}

export interface Asked {
  /** Who has an account and may answer. */
  people: Person[];
  /** Addresses of approvers without one. */
  addresses: string[];
  /** Somebody was asked by address or role; else everybody who may answer is. */
  isNamed: boolean;
}

/** Who an approval asks and who has not answered. `starters`: whom it is not for. */
export function whoIsAsked(people: readonly Person[], approvers: readonly string[], answeredBy: ReadonlySet<string>, starters: readonly { id: string; email: string }[]): Asked {
  const able = people.filter(({ id, permissions }) => !answeredBy.has(id) && !starters.some((starter) => starter.id === id) && permissions.has("wait:answer"));
  if (approvers.length === 0) return { people: able, addresses: [], isNamed: false };
  const members = new Set(people.map(({ email }) => email));
  const outside = approvers.map((entry) => entry.toLowerCase()).filter((entry) => entry.includes("@") && !members.has(entry) && !starters.some(({ email }) => email === entry));
  return { people: able.filter(({ email, names }) => isNamed(approvers, email, names)), addresses: [...new Set(outside)], isNamed: true };
}
