import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { allowAnyRow, insertAnyRow } from "./testing/any-row";
import { foreignIds, outcomeOf } from "./testing/foreign-ids";
import { answerOf, callerOf, inputsOf, makeOwned, makeOwner, type Owned } from "./testing/walk";

// The lock that is left out here: the scoped clients put no tenant into any filter or row.
const asGiven = vi.hoisted(() => (_owner: unknown, _model: string, _operation: string, args: unknown) => args);
vi.mock(import("@/server/db/tenant-guard"), async (original) => ({ ...(await original()), guardArguments: asGiven as never }));
vi.mock(import("@/server/db/organization-guard"), async (original) => ({ ...(await original()), guardOrganization: asGiven as never }));

/** What the database does by itself: no scoped client, no filter, only the role and the settings of its transactions. */
let ours: Scope;
let theirs: Scope;
let owned: { ours: Owned; theirs: Owned };
const NO_WORKSPACE = "00000000-0000-0000-0000-000000000000";
const NOTHING_GRANTED = JSON.stringify({ folders: [], items: [] });

beforeAll(async () => {
  [ours, theirs] = [await makeOwner(), await makeOwner()];
  owned = { ours: await makeOwned(ours), theirs: await makeOwned(theirs) };
  await fillTablesOf(theirs);
});
afterAll(closeConnections);

function as<Result>(workspaceId: string, organizationId: string, granted: string, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return inTransaction(sharedPool(), async (client) => {
    await client.query("select set_config('app.workspace_id', $1, true), set_config('app.organization_id', $2, true), set_config('app.granted', $3, true), set_config('role', $4, true)", [workspaceId, organizationId, granted, granted === "" ? "millrace_app" : "millrace_parts"]);
    return work(client);
  });
}

async function tablesWith(column: string): Promise<string[]> {
  const { rows } = await sharedPool().query<{ name: string }>(
    `select c.relname::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = $1 and has_table_privilege('millrace_app', c.oid, 'select') order by 1`, [column]);
  return rows.map(({ name }) => name);
}

const ownerOf = ({ workspaceId, organizationId, userId }: Scope) => ({ workspace_id: workspaceId, organization_id: organizationId, user_id: userId! });

/** A table without a row of theirs would hide nothing, and pass. */
async function fillTablesOf(scope: Scope): Promise<void> {
  await inTransaction(sharedPool(), async (client) => {
    await allowAnyRow(client);
    for (const column of ["workspace_id", "organization_id"] as const) {
      for (const table of await tablesWith(column)) {
        const known = await count(client, `select 1 from "${table}" where ${column} = $1 limit 1`, ownerOf(scope)[column]);
        if (known === 0) await insertAnyRow(client, table, ownerOf(scope));
      }
    }
  });
}

async function count(client: Pick<pg.ClientBase, "query">, sql: string, ...values: unknown[]): Promise<number> {
  return (await client.query(sql, values)).rowCount ?? 0;
}

describe("row-level security alone", () => {
  it("shows no row of another workspace, whatever the table", async () => {
    const tables = await tablesWith("workspace_id");
    expect(tables.length).toBeGreaterThan(50);
    for (const table of tables) {
      expect([table, await count(sharedPool(), `select 1 from "${table}" where workspace_id = $1`, theirs.workspaceId)]).not.toEqual([table, 0]);
      const foreign = await as(ours.workspaceId, ours.organizationId, "", (client) => count(client, `select 1 from "${table}" where workspace_id = $1`, theirs.workspaceId));
      expect([table, foreign]).toEqual([table, 0]);
    }
    expect(await as(ours.workspaceId, ours.organizationId, "", (client) => count(client, "select 1 from workflow"))).toBe(1);
  });

  it("shows no row of another organization, in its workspaces or as such", async () => {
    for (const table of await tablesWith("organization_id")) {
      expect([table, await count(sharedPool(), `select 1 from "${table}" where organization_id = $1`, theirs.organizationId)]).not.toEqual([table, 0]);
      for (const workspaceId of [ours.workspaceId, NO_WORKSPACE]) {
        const foreign = await as(workspaceId, ours.organizationId, "", (client) => count(client, `select 1 from "${table}" where organization_id = $1`, theirs.organizationId));
        expect([table, workspaceId, foreign]).toEqual([table, workspaceId, 0]);
      }
    }
    expect(await as(NO_WORKSPACE, ours.organizationId, "", (client) => count(client, "select 1 from person_group"))).toBe(1);
    expect(await as(NO_WORKSPACE, ours.organizationId, "", (client) => count(client, "select 1 from workflow"))).toBe(0);
  });

  it("changes and deletes none of them", async () => {
    for (const table of await tablesWith("workspace_id")) {
      if (table === "audit_event") continue;
      const touched = await as(ours.workspaceId, ours.organizationId, "", async (client) => {
        const updated = await count(client, `update "${table}" set workspace_id = workspace_id where workspace_id = $1`, theirs.workspaceId);
        return updated + (await count(client, `delete from "${table}" where workspace_id = $1`, theirs.workspaceId));
      });
      expect([table, touched]).toEqual([table, 0]);
    }
  });

  it("takes no row for another workspace or organization, whatever the table", async () => {
    const foreign = ownerOf(theirs);
    for (const column of ["workspace_id", "organization_id"]) {
      for (const table of await tablesWith(column)) {
        const written = as(ours.workspaceId, ours.organizationId, "", (client) => insertAnyRow(client, table, foreign));
        await expect(written, table).rejects.toThrow(/row-level security|permission denied/);
      }
    }
  });

  it("writes people, groups and roles of an organization for the organization only", async () => {
    for (const table of ["organization_member", "person_group", "custom_role", "group_member"]) {
      expect(await as(ours.workspaceId, ours.organizationId, "", (client) => count(client, `delete from "${table}"`))).toBe(0);
    }
    const mine = "insert into person_group (id, organization_id, name) values (gen_random_uuid(), $1, 'Mine')";
    await expect(as(ours.workspaceId, ours.organizationId, "", (client) => count(client, mine, ours.organizationId))).rejects.toThrow(/row-level security/);
    await expect(as(NO_WORKSPACE, ours.organizationId, "", (client) => count(client, mine, theirs.organizationId))).rejects.toThrow(/row-level security/);
  });

  it("shows nothing of workflows, runs and what hangs on them to whom no part was granted", async () => {
    const things = ["workflow", "workflow_version", "workflow_search", "run", "run_change", "run_batch", "wait", "trigger", "trigger_event", "folder", "access_grant", "invitation", "share_link", "sample_input", "step_run", "run_log", "llm_request", "run_queue", "run_snapshot", "step_place", "step_turn", "inbox_item", "notification", "notification_delivery", "notification_channel", "notification_rule", "notification_rule_channel", "notification_state", "flow_debounce", "flow_window", "usage_change", "storage_change", "usage_month", "usage_storage", "usage_quota", "retention_state", "retention_gone", "retention_open", "retention_removal"];
    for (const table of things) {
      const [whole, part] = [await as(theirs.workspaceId, theirs.organizationId, "", (client) => count(client, `select 1 from "${table}"`)), await as(theirs.workspaceId, theirs.organizationId, NOTHING_GRANTED, (client) => count(client, `select 1 from "${table}"`))];
      expect([table, part]).toEqual([table, 0]);
      expect([table, whole]).not.toEqual([table, 0]);
    }
  });
});

describe("every procedure, with row-level security alone", () => {
  it("has no filters of the scoped client left", async () => {
    // A filter would have put our workspace in the place of theirs.
    expect([await ours.db.workflow.count({ where: { workspaceId: ours.workspaceId } }), await ours.db.workflow.count({ where: { workspaceId: theirs.workspaceId } })]).toEqual([1, 0]);
  });

  it("finds nothing of others from one's own workspace", async () => {
    const call = await callerOf(ours.userId, ours.workspace.slug);
    for (const [name, input] of Object.entries(inputsOf(owned.theirs))) expect([name, await call(name, input)]).toEqual([name, "NOT_FOUND"]);
    for (const name of ["workflows.list", "triggers.list", "runs.list", "waits.others"]) expect(JSON.stringify(await answerOf(ours.userId, ours.workspace.slug, name, {})), name).not.toContain(theirs.workspaceId);
  });

  it("takes no foreign id in any place where it takes one", async () => {
    const { tried } = foreignIds(owned.ours, owned.theirs);
    const call = await callerOf(ours.userId, ours.workspace.slug);
    for (const one of tried) expect([one.key, one.input, await outcomeOf(ours, call, one, owned.theirs)]).toEqual([one.key, one.input, "NOT_FOUND"]);
  });
});
