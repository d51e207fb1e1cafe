/** What scoped transactions become: sees one workspace. */
export const TENANT_ROLE = "millrace_app";

/** What they become for whoever is held to parts of a workspace: a member of the above that sees the folders and things of `app.granted`. */
export const PARTS_ROLE = "millrace_parts";

/** What the connections of workers are: all workspaces, but no sign-in data. */
export const WORKER_ROLE = "millrace_worker";

/** Once per connection, for connections without a pooler between. Nothing happens where the role is missing or may not be taken. */
export const BECOME_WORKER = `SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = '${WORKER_ROLE}' AND pg_has_role(session_user, oid, 'MEMBER')`;
