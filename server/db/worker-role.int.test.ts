import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rightsNow } from "@/server/auth/acting/current-rights";
import type { Scope } from "@/server/auth/scope";
import { createQueuePool } from "@/server/queue/queue-pool";
import { makeScope } from "@/server/testing/factories";
import { closeConnections, connectAsWorker, rawDb, sharedPool } from "./client";
import { newId } from "./id";
import { queryAsTenant } from "./tenant-query";

/** Row-level security alone: no guard, no filter. Superusers see everything, so every statement here runs as one of the roles. */
let ours: Scope;
let theirs: Scope;
const issuerId = newId();
const queue = createQueuePool({ max: 1, url: process.env.DATABASE_URL });

beforeAll(async () => {
  ours = await makeScope();
  theirs = await makeScope();
  for (const { db, workspaceId } of [ours, theirs]) await db.variable.create({ data: { id: newId(), workspaceId, name: "ONE", value: 1 } });
  await rawDb().trustedIssuer.create({ data: { id: issuerId, workspaceId: ours.workspaceId, name: "Builds", issuer: "https://builds.example.com", audience: "millrace", claim: "sub", roles: [] } });
  await closeConnections();
  connectAsWorker();
});

afterAll(async () => {
  await queue.end();
  await closeConnections();
});

describe("a worker's connections", () => {
  it("are the worker role's from their first statement, and see all workspaces", async () => {
    for (const pool of [queue, sharedPool()]) {
      const { rows } = await pool.query("select current_user::text as role, (select count(*)::int from variable) as variables");
      expect(rows).toEqual([{ role: "millrace_worker", variables: 2 }]);
    }
  });

  it.each(["session", "sign_in_link", "rate_limit", "api_token", "audit_chain", "audit_key", "sso_connection", "sso_domain", "scim_token", "scim_user", "oauth_client_secret", "trusted_issuer"])("cannot read %s", async (table) => {
    await expect(sharedPool().query(`select from ${table}`)).rejects.toThrow(/permission denied/);
    await expect(queue.query(`select from ${table}`)).rejects.toThrow(/permission denied/);
  });

  it("know whether the issuer whose token started a run is still trusted, and nothing else of it", async () => {
    expect(await rightsNow(ours.workspaceId, { type: "issuer", id: issuerId })).toEqual({ rights: "all" });
    expect(await rightsNow(theirs.workspaceId, { type: "issuer", id: issuerId })).toBeNull();
  });

  it("see no hashes and sealed keys but those of their work, whatever table is new", async () => {
    const { rows } = await queue.query<{ column: string }>(
      "select table_name || '.' || column_name as column from information_schema.columns where table_schema = 'public' and (column_name like '%\\_hash' or column_name like 'sealed%') and has_table_privilege('millrace_worker', quote_ident(table_name), 'select') order by 1");
    // What workers open for steps, triggers, channels and streams, the hashes of what they hand out, and the chain of the audit log.
    expect(rows.map(({ column }) => column)).toEqual([
      "audit_event.chain_hash", "audit_event.sealed_at", "audit_stream.sealed", "notification_channel.sealed", "run_token.token_hash", "secret.sealed",
      "secret_store.sealed", "trigger.token_hash", "trigger_subscription.sealed", "wait_link.token_hash",
    ]);
  });

  it("see names and addresses of people, but no passwords", async () => {
    expect((await sharedPool().query("select email from user_account")).rowCount).toBe(2);
    await expect(sharedPool().query("select password_hash from user_account")).rejects.toThrow(/permission denied/);
    await expect(rawDb().session.findMany()).rejects.toThrow(/denied/);
  });
});

describe("a statement for a workspace", () => {
  it("sees and changes that workspace only, however its filter is forgotten", async () => {
    const { rows } = await queryAsTenant(ours.workspaceId, { text: "select workspace_id, current_user::text as role from variable" });
    expect(rows).toEqual([{ workspace_id: ours.workspaceId, role: "millrace_app" }]);
    expect((await queryAsTenant(ours.workspaceId, { text: "update variable set value = '2'" })).rowCount).toBe(1);
    const elsewhere = { text: "update variable set workspace_id = $1", values: [theirs.workspaceId] };
    await expect(queryAsTenant(ours.workspaceId, elsewhere)).rejects.toThrow(/row-level security/);
  });

  it("sees what its organization shares, and not what another one does", async () => {
    const insert = "insert into catalog_item (id, organization_id, type, kind, provider, slug, name, updated_at) values ($1, $2, 'adapter', 'llm', 'mock', $3, 'x', now())";
    await sharedPool().query(insert, [newId(), ours.organizationId, "ours"]);
    await sharedPool().query(insert, [newId(), theirs.organizationId, "theirs"]);
    expect((await queryAsTenant(ours.workspaceId, { text: "select slug from catalog_item" })).rows).toEqual([{ slug: "ours" }]);
  });

  it("leaves nothing on the connection, also when it fails", async () => {
    await expect(queryAsTenant(ours.workspaceId, { text: "select 1/0" })).rejects.toThrow(/zero/);
    expect((await queryAsTenant(`x'; reset role; --${randomBytes(2).toString("hex")}`, { text: "select 1" }).catch((error: Error) => error.message))).toMatch(/invalid input syntax for type uuid/);
    const { rows } = await sharedPool().query("select current_user::text as role, current_setting('app.workspace_id', true) as workspace");
    expect(rows[0].role).toBe("millrace_worker");
    expect(rows[0].workspace ?? "").toBe("");
  });
});
