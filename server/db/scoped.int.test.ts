import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { planned } from "@/server/db/planned";
import { makeScope } from "@/server/testing/factories";
import { beginWith } from "./tenant-begin";
import { describeOpenTenantLock } from "./tenant-lock";
import { inTransaction } from "./transaction";

let ours: Scope;
let theirs: Scope;

beforeAll(async () => {
  ours = await makeScope();
  theirs = await makeScope();
});
afterAll(closeConnections);

async function makeVariable(scope: Scope, name: string) {
  return scope.db.variable.create({ data: { id: newId(), workspaceId: scope.workspaceId, name, value: 1 } });
}

describe("statements that connections keep", () => {
  const text = "select value from kept_statement";
  const marked = () => ours.db.$queryRaw<{ value: unknown }[]>`${planned} select value from kept_statement`;

  it("outlive a migration that changes what they answer, on every connection, in transactions from the next one on", async () => {
    await sharedPool().query("create table kept_statement (value int); insert into kept_statement values (1); select grant_millrace_roles(); grant select on kept_statement to public");
    const clients = await Promise.all([sharedPool().connect(), sharedPool().connect()]);
    const [first, second] = clients;
    for (const client of clients) expect((await client.query({ name: "kept", text })).rows).toEqual([{ value: 1 }]);
    await first!.query("alter table kept_statement alter value type text using value::text");
    expect((await first!.query({ name: "kept", text })).rows).toEqual([{ value: "1" }]);
    await second!.query("begin");
    expect((await second!.query({ name: "kept", text })).rows).toEqual([{ value: "1" }]);
    await second!.query("commit");
    await first!.query("alter table kept_statement alter value type int using value::int");
    await second!.query("begin");
    await expect(second!.query({ name: "kept", text })).rejects.toMatchObject({ code: "0A000" });
    await second!.query("rollback");
    await second!.query("begin");
    expect((await second!.query({ name: "kept", text })).rows).toEqual([{ value: 1 }]);
    await second!.query("commit");
    clients.forEach((client) => client.release());
    const answers = await Promise.all(Array.from({ length: 5 }, () => sharedPool().query({ name: "kept", text })));
    expect(answers.map(({ rows }) => rows)).toEqual(answers.map(() => [{ value: 1 }]));
  });

  it("are those of the pages too", async () => {
    expect(await Promise.all([marked(), marked()])).toEqual([[{ value: 1 }], [{ value: 1 }]]);
    await sharedPool().query("alter table kept_statement alter value type text using value::text");
    await marked().catch((error: unknown) => expect(String(error)).toMatch(/cached plan must not change result type/));
    expect(await Promise.all([marked(), marked()])).toEqual([[{ value: "1" }], [{ value: "1" }]]);
    await sharedPool().query("drop table kept_statement");
  });
});

describe("the scoped client", () => {
  it("sees, counts, changes and deletes its own rows only", async () => {
    await makeVariable(ours, "MINE");
    const foreign = await makeVariable(theirs, "YOURS");

    expect((await ours.db.variable.findMany()).map(({ name }) => name)).toEqual(["MINE"]);
    expect(await ours.db.variable.count()).toBe(1);
    expect(await ours.db.variable.findUnique({ where: { id: foreign.id } })).toBeNull();
    expect(await ours.db.variable.updateMany({ where: { id: foreign.id }, data: { value: 2 } })).toEqual({ count: 0 });
    await expect(ours.db.variable.delete({ where: { id: foreign.id } })).rejects.toMatchObject({ code: "P2025" });
    expect(await theirs.db.variable.findUnique({ where: { id: foreign.id } })).toMatchObject({ value: 1 });
  });

  it("writes new rows into its own workspace whatever the data says", async () => {
    const row = await ours.db.variable.create({ data: { id: newId(), workspaceId: theirs.workspaceId, name: "STRAY", value: null as never } });
    expect(row.workspaceId).toBe(ours.workspaceId);
    await ours.db.variable.update({ where: { id: row.id }, data: { workspaceId: theirs.workspaceId } });
    expect(await rawDb().variable.findUnique({ where: { id: row.id } })).toMatchObject({ workspaceId: ours.workspaceId });
  });

  it("runs a transaction as one, and undoes it as one", async () => {
    const failed = ours.db.transaction(async (tx) => {
      await tx.variable.create({ data: { id: newId(), workspaceId: ours.workspaceId, name: "UNDONE", value: 1 } });
      throw new Error("stop");
    });
    await expect(failed).rejects.toThrow("stop");
    expect(await ours.db.variable.count({ where: { name: "UNDONE" } })).toBe(0);
  });

  it("limits raw SQL by row-level security", async () => {
    const rows = await ours.db.$queryRaw<{ workspace_id: string }[]>`select workspace_id::text from variable where true = ${true}`;
    expect(new Set(rows.map((row) => row.workspace_id))).toEqual(new Set([ours.workspaceId]));
    const inside = await ours.db.transaction((tx) => tx.$queryRawUnsafe<{ role: string }[]>("select current_user::text as role"));
    expect(inside).toEqual([{ role: "millrace_app" }]);
    await expect(ours.db.$executeRaw`insert into variable (id, workspace_id, name, value) values (${newId()}::uuid, ${theirs.workspaceId}::uuid, 'X', '1')`).rejects.toThrow(/row-level security/);
  });

  it("becomes the tenant in the round trip of BEGIN", async () => {
    const query = vi.spyOn(pg.Client.prototype, "query");
    await ours.db.variable.count();
    const texts = query.mock.calls.map(([config]) => (config as unknown as pg.QueryConfig).text);
    query.mockRestore();
    expect(texts).toEqual([expect.stringMatching(/^BEGIN; SET LOCAL app\.organization_id = .*; SET LOCAL role = /), expect.stringMatching(/^SELECT COUNT/), "COMMIT"]);
  });

  it("makes the settings by themselves where the BEGIN went another way", async () => {
    let done: boolean | undefined;
    const role = await beginWith(["SET LOCAL role = 'millrace_app'"], (isDone) => inTransaction(sharedPool(), async (client) => {
      done = isDone();
      return (await client.query<{ role: string }>("select current_user::text as role")).rows[0]?.role;
    }));
    expect(done).toBe(false);
    expect(role).not.toBe("millrace_app");
  });

  it("shows nothing where parts are named and the role for parts was not taken, or the role was taken and no part named", async () => {
    const seen = (role: string, granted: string) => inTransaction(sharedPool(), async (client) => {
      await client.query("select set_config('app.organization_id', $1, true), set_config('app.workspace_id', $2, true), set_config('app.granted', $3, true), set_config('role', $4, true)", [ours.organizationId, ours.workspaceId, granted, role]);
      return (await client.query("select from variable")).rowCount;
    });
    await makeVariable(ours, "SEEN");
    expect(await seen("millrace_app", "")).toBeGreaterThan(0);
    // Of a process that does not know the other role: it may come right, so it is no answer.
    await expect(seen("millrace_app", '{"folders":[],"items":[]}')).rejects.toMatchObject({ code: "57P03" });
    expect(await seen("millrace_parts", "")).toBe(0);
  });

  it("misses a policy that was lost, refuses parts until it is there again, and makes it again", async () => {
    const held = async () => (await sharedPool().query<{ held: boolean }>("select parts_are_held() as held")).rows[0]?.held;
    expect(await held()).toBe(true);
    await sharedPool().query("drop policy granted on workflow");
    expect(await held()).toBe(false);
    expect(await describeOpenTenantLock()).toContain("parts of a workspace are refused");
    await sharedPool().query("select grant_millrace_roles()");
    expect(await held()).toBe(true);
    expect(await describeOpenTenantLock()).toBeNull();
  });

  it("leaves nothing of the tenant on the connection", async () => {
    const { rows } = await sharedPool().query("select current_user as role, current_setting('app.workspace_id', true) as workspace");
    expect(rows[0].role).not.toBe("millrace_app");
    expect(rows[0].workspace ?? "").toBe("");
  });

  it("gives people no more than name and address, and of members only", async () => {
    const people = await ours.db.user.findMany({ select: { id: true, email: true } });
    expect(people.map(({ id }) => id)).toEqual([ours.userId]);
    await expect(ours.db.user.findMany()).rejects.toThrow(/denied/);
  });

  it("refuses what belongs to no workspace", async () => {
    await expect(ours.db.session.findMany()).rejects.toThrow(/not possible within the scope/);
    await expect(ours.db.$queryRaw`select * from session`).rejects.toThrow(/permission denied/);
  });

  it("reads global and its organization's catalog items, and writes its own", async () => {
    const item = { type: "adapter", kind: "llm", provider: "mock", name: "Mock" };
    await rawDb().catalogItem.create({ data: { ...item, id: newId(), slug: "global" } });
    await rawDb().catalogItem.create({ data: { ...item, id: newId(), slug: "their-organization", organizationId: theirs.organizationId } });
    await ours.db.catalogItem.create({ data: { ...item, id: newId(), slug: "own", workspaceId: ours.workspaceId } });
    expect((await ours.db.catalogItem.findMany({ orderBy: { slug: "asc" } })).map(({ slug }) => slug)).toEqual(["global", "own"]);
    expect(await ours.db.catalogItem.updateMany({ where: { slug: "global" }, data: { enabled: false } })).toEqual({ count: 0 });
    const raw = await ours.db.$queryRaw<unknown[]>`select 1 from catalog_item`;
    expect(raw).toHaveLength(2);
  });

  it("has row-level security in force here", async () => {
    expect(await describeOpenTenantLock()).toBeNull();
  });
});
