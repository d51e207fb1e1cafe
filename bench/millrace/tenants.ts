import { sharedPool } from "@/server/db/client";
import { tidy } from "@/bench/millrace/queue-filling";

const WORKSPACES_PER_ORGANIZATION = 10;

export interface Tenants {
  /** Numbers of workspaces, both included. */
  from: number;
  to: number;
  /** Of each workspace. */
  members: number;
  runs: number;
}

/** Kinds of rows, so that ids of different tables differ. */
const KINDS = { organization: 1, workspace: 2, member: 3, membership: 4, group: 5, grant: 6, run: 7, workflow: 8, version: 9 } as const;

const id = (kind: keyof typeof KINDS, number: string) => `('0198a000-0000-7000-8000-' || lpad(to_hex(${KINDS[kind]}::bigint << 40 | (${number})::bigint), 12, '0'))::uuid`;
const MEMBER_NUMBER = "n::bigint * 1000 + m";
const MEMBER = id("member", MEMBER_NUMBER);
const RUN = id("run", "n::bigint * 100000 + m");
const ORGANIZATION = id("organization", `(n - 1) / ${WORKSPACES_PER_ORGANIZATION}`);

/** Numbers are put in as they are. */
function statementsFor({ from, to, members, runs }: Tenants): string[] {
  const each = `generate_series(${from}, ${to}) n`;
  const eachMember = `${each}, generate_series(1, ${members}) m`;
  const eachRun = `${each}, generate_series(1, ${runs}) m`;
  return [
    `INSERT INTO organization (id, name, slug) SELECT DISTINCT ${ORGANIZATION}, 'Organization', 'organization-' || (n - 1) / ${WORKSPACES_PER_ORGANIZATION} FROM ${each} ON CONFLICT DO NOTHING`,
    `INSERT INTO workspace (id, organization_id, name, slug) SELECT ${id("workspace", "n")}, ${ORGANIZATION}, 'Workspace ' || n, 'workspace-' || n FROM ${each}`,
    `INSERT INTO user_account (id, email) SELECT ${MEMBER}, 'member-' || n || '-' || m || '@example.com' FROM ${eachMember}`,
    `INSERT INTO organization_member (organization_id, user_id) SELECT ${ORGANIZATION}, ${MEMBER} FROM ${eachMember}`,
    // Nine of ten have a role of their own, the others theirs by a group.
    `INSERT INTO membership (id, workspace_id, organization_id, user_id, role)
     SELECT ${id("membership", MEMBER_NUMBER)}, ${id("workspace", "n")}, ${ORGANIZATION}, ${MEMBER}, (ARRAY['owner','admin','builder','operator','viewer'])[1 + m % 5] FROM ${eachMember} WHERE m % 10 <> 0`,
    `INSERT INTO person_group (id, organization_id, name) SELECT ${id("group", "n")}, ${ORGANIZATION}, 'Group ' || n FROM ${each}`,
    `INSERT INTO group_member (group_id, user_id, organization_id) SELECT ${id("group", "n")}, ${MEMBER}, ${ORGANIZATION} FROM ${eachMember} WHERE m % 10 = 0`,
    `INSERT INTO access_grant (id, organization_id, workspace_id, group_id, role) SELECT ${id("grant", "n")}, ${ORGANIZATION}, ${id("workspace", "n")}, ${id("group", "n")}, 'operator' FROM ${each}`,
    `INSERT INTO workflow (id, workspace_id, name, slug, draft) SELECT ${id("workflow", "n")}, ${id("workspace", "n")}, 'Orders', 'orders', $1 FROM ${each}`,
    `INSERT INTO workflow_version (id, workspace_id, workflow_id, number, listed, definition, hash) SELECT ${id("version", "n")}, ${id("workspace", "n")}, ${id("workflow", "n")}, 1, true, $1, repeat('0', 64) FROM ${each}`,
    `INSERT INTO run (id, workspace_id, workflow_id, version_id, status, input, output, trigger_kind, root_run_id, created_at, started_at, finished_at)
     SELECT ${RUN}, ${id("workspace", "n")}, ${id("workflow", "n")}, ${id("version", "n")}, 'succeeded', '{"n":1}', '{"n":4}', 'api', ${RUN}, at, at, at + interval '2 seconds'
     FROM ${eachRun}, LATERAL (SELECT now() - m * interval '31 seconds' AS at) t`,
    `INSERT INTO step_run (run_id, workspace_id, path, node_id, kind, status, seq, input, output, started_at, finished_at)
     SELECT ${RUN}, ${id("workspace", "n")}, 'step' || s, 'step' || s, 'set', 'succeeded', s + 1, '{"values":{"n":1}}', '{"n":1}', now(), now() FROM ${eachRun}, generate_series(1, 3) s`,
  ];
}

/** Workspaces, ten to an organization, each with its members, a workflow and its runs of three steps. */
export async function makeTenants(tenants: Tenants, definition: unknown): Promise<void> {
  for (const text of statementsFor(tenants)) await sharedPool().query(text, text.includes("$1") ? [JSON.stringify(definition)] : []);
  await tidy("organization", "workspace", "user_account", "organization_member", "membership", "person_group", "group_member", "access_grant", "workflow", "workflow_version", "run", "step_run");
}

/** Someone of a workspace, and one of its runs. */
export async function lookUp(workspace: number, member: number): Promise<{ userId: string; workspaceId: string; slug: string; runId: string }> {
  const { rows } = await sharedPool().query<{ userId: string; workspaceId: string; runId: string }>(
    `SELECT ${MEMBER} AS "userId", ${id("workspace", "n")} AS "workspaceId", ${id("run", "n::bigint * 100000 + 1")} AS "runId" FROM (SELECT $1::int AS n, $2::int AS m) g`,
    [workspace, member],
  );
  return { ...rows[0]!, slug: `workspace-${workspace}` };
}
