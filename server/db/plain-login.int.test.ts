import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "@/server/postgres/migrate";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { makePerson, makeScope } from "@/server/testing/factories";
import { closeConnections, rawDb } from "./client";
import { newId } from "./id";
import { describeOpenTenantLock } from "./tenant-lock";
import { queryAsTenant } from "./tenant-query";

/** A database as a hosting provider hands it out: the login owns it, and may neither make roles nor become others. */
const login = `plain_${randomBytes(5).toString("hex")}`;
const password = randomBytes(12).toString("hex");
let database: TestDatabase;

beforeAll(async () => {
  // The file's own database goes to the test of the superuser's; this one is empty.
  database = await createTestDatabase({ migrated: false });
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`create role ${login} login nocreaterole password '${password}'`);
  await database.query(`alter database "${name}" owner to ${login}`);
  const url = new URL(database.url);
  url.username = login;
  url.password = password;
  process.env.DATABASE_URL = url.href;
  await migrate(url.href);
});

afterAll(async () => {
  await closeConnections();
  await database.query(`drop owned by ${login} cascade`);
  await database.query(`alter database "${new URL(database.url).pathname.slice(1)}" owner to current_user`);
  await database.query(`drop role ${login}`);
  await database.drop();
});

describe("with a login that may not make roles", () => {
  it("migrates, and says that one role does everything and how to change it", async () => {
    const notice = await describeOpenTenantLock();
    expect(notice).toMatch(/half on: one role/);
    expect(notice).toContain(`GRANT millrace_app, millrace_worker, millrace_parts TO "${login}"`);
  });

  it("holds what is done for a workspace to it, although it owns the tables", async () => {
    const [ours, theirs] = [await makeScope(), await makeScope()];
    await theirs.db.variable.create({ data: { id: newId(), workspaceId: theirs.workspaceId, name: "THEIRS", value: 1 } });
    expect(await ours.db.$queryRaw`select 1 from variable`).toEqual([]);
    expect((await queryAsTenant(ours.workspaceId, { text: "select from variable" })).rowCount).toBe(0);
    expect((await queryAsTenant(ours.workspaceId, { text: "delete from variable" })).rowCount).toBe(0);
    const elsewhere = { text: "insert into variable (id, workspace_id, name, value) values ($1, $2, 'X', '1')", values: [newId(), theirs.workspaceId] };
    await expect(queryAsTenant(ours.workspaceId, elsewhere)).rejects.toThrow(/row-level security/);
    expect(await rawDb().variable.deleteMany()).toEqual({ count: 1 });
  });

  it("still separates workspaces by the guard", async () => {
    const [ours, theirs] = [await makeScope(), await makeScope()];
    await theirs.db.variable.create({ data: { id: newId(), workspaceId: theirs.workspaceId, name: "THEIRS", value: 1 } });
    expect(await ours.db.variable.findMany()).toEqual([]);
    expect(await rawDb().variable.count()).toBe(1);
  });

  it("turns the lock on as it says", async () => {
    await database.query(`grant millrace_app to ${login}`);
    await rawDb().$queryRaw`select grant_millrace_roles()::text`;
    const rows = await rawDb().$transaction(async (tx) => {
      await tx.$queryRaw`select set_config('app.workspace_id', ${newId()}, true), set_config('role', 'millrace_app', true)`;
      return tx.$queryRaw<unknown[]>`select 1 from variable`;
    });
    expect(rows).toEqual([]);
  });

  it("holds access to parts of a workspace to what was told to whoever has it, once it is on for them", async () => {
    const scope = await makeScope();
    const { workspaceId, organizationId, userId } = scope;
    for (const [key, to] of [["mine", userId!], ["theirs", (await makePerson(organizationId)).id]] as const) {
      const notification = await rawDb().notification.create({ data: { id: newId(), workspaceId, key, category: "alerts", event: "test", severity: "info", title: key } });
      await rawDb().inboxItem.create({ data: { notificationId: notification.id, userId: to, workspaceId } });
    }
    await database.query(`grant millrace_parts to ${login}`);
    await rawDb().$queryRaw`select grant_millrace_roles()::text`;
    const granted = JSON.stringify({ folders: [], items: [], person: userId });
    const seen = await rawDb().$transaction(async (tx) => {
      await tx.$queryRaw`select set_config('app.workspace_id', ${workspaceId}, true), set_config('app.organization_id', ${organizationId}, true), set_config('app.granted', ${granted}, true), set_config('role', 'millrace_parts', true)`;
      return tx.$queryRaw<unknown[]>`select key from notification union all select 'state' from retention_state`;
    });
    expect(seen).toEqual([{ key: "mine" }]);
  });
});
