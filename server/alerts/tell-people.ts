import type { ClientBase } from "pg";
import { notifyPeople } from "./notify-people";
import { type OwnChoice, readRolePreferences, ROLES_SETTING, wantsOf } from "./preferences";

export interface Told {
  workspaceId: string;
  /** The same twice is one. */
  key: string;
  event: string;
  title: string;
  text: string;
  path: string;
  /** With the roles that each has in what it is about. */
  people: readonly { id: string; roles: readonly string[] }[];
}

const WISHES = `
SELECT u.id::text AS id, u.email, CASE WHEN p.user_id IS NOT NULL THEN json_build_object('inApp', p.in_app, 'email', p.email) END AS own
FROM user_account u LEFT JOIN notification_preference p ON p.workspace_id = $1::uuid AND p.user_id = u.id AND p.category = 'approvals'
WHERE u.id = ANY ($2::uuid[]) AND u.disabled_at IS NULL`;
const SETTING = "SELECT value FROM scoped_setting WHERE key = $1 AND scope_type = 'workspace' AND scope_id = $2::uuid";

/** Each hears of it as they wish to hear of approvals: in the inbox, and by mail where a server is set up. */
export async function tellPeople(client: ClientBase, { people, ...told }: Told): Promise<void> {
  if (people.length === 0) return;
  const { workspaceId } = told;
  const { rows: [setting] } = await client.query<{ value: unknown }>({ name: "alert-roles-of", text: SETTING, values: [ROLES_SETTING, workspaceId] });
  const preferences = readRolePreferences(setting?.value);
  const { rows } = await client.query<{ id: string; email: string; own: OwnChoice | null }>({ name: "alert-wishes", text: WISHES, values: [workspaceId, people.map(({ id }) => id)] });
  const wishes = rows.map((person) => ({ ...person, wants: wantsOf(people.find(({ id }) => id === person.id)?.roles ?? [], "approvals", preferences, person.own) }));
  await notifyPeople(client, { ...told, category: "approvals", severity: "info" }, wishes);
  await client.query({ name: "alert-told", text: "SELECT pg_notify('millrace_alert', $1)::text", values: [`${workspaceId}/inbox`] });
}
