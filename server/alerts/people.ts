import type { ClientBase } from "pg";
import { permissionsOf } from "@/server/auth/permissions";
import type { Category, Wants } from "./contract";
import { type OwnChoice, readRolePreferences, ROLES_SETTING, wantsOf } from "./preferences";

export interface Person {
  id: string;
  email: string;
  roles: string[];
  wants: Wants;
  own: OwnChoice | null;
}

const PEOPLE = `
SELECT u.id, u.email, array_agg(DISTINCT m.role) AS roles, CASE WHEN p.user_id IS NOT NULL THEN json_build_object('inApp', p.in_app, 'email', p.email) END AS own
FROM workspace_role m JOIN user_account u ON u.id = m.user_id
LEFT JOIN notification_preference p ON p.workspace_id = m.workspace_id AND p.user_id = m.user_id AND p.category = $2
WHERE m.workspace_id = $1 AND u.disabled_at IS NULL GROUP BY u.id, u.email, p.user_id, p.in_app, p.email ORDER BY u.id`;

const SETTING = "SELECT value FROM scoped_setting WHERE key = $1 AND scope_type = 'workspace' AND scope_id = $2";

/** The members of a workspace, with how each wants to hear of such things. */
export async function findPeople(client: ClientBase, workspaceId: string, category: Category): Promise<Person[]> {
  const { rows: [setting] } = await client.query<{ value: unknown }>({ name: "alert-roles", text: SETTING, values: [ROLES_SETTING, workspaceId] });
  const preferences = readRolePreferences(setting?.value);
  const { rows } = await client.query<Omit<Person, "wants">>({ name: "alert-people", text: PEOPLE, values: [workspaceId, category] });
  return rows.map((person) => ({ ...person, wants: wantsOf(person.roles, category, preferences, person.own) }));
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
  const able = people.filter(({ id, roles }) => !answeredBy.has(id) && !starters.some((starter) => starter.id === id) && permissionsOf(roles).has("wait:answer"));
  if (approvers.length === 0) return { people: able, addresses: [], isNamed: false };
  const wanted = approvers.map((entry) => entry.toLowerCase());
  const members = new Set(people.map(({ email }) => email));
  const outside = wanted.filter((entry) => entry.includes("@") && !members.has(entry) && !starters.some(({ email }) => email === entry));
  return { people: able.filter(({ email, roles }) => wanted.includes(email) || roles.some((role) => approvers.includes(role))), addresses: [...new Set(outside)], isNamed: true };
}
