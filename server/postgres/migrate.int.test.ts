import { describe, expect, it } from "vitest";
import { migrate, type Migration } from "@/server/postgres/migrate";
import { createTestDatabase } from "@/server/testing/database";

const migration = (name: string, sql: string, checksum = `sum of ${sql}`): Migration => ({ name, sql, checksum });
const first = migration("1_first", "create table first (id int); insert into first values (1)");
const second = migration("2_second", "create table second (id int)");

describe("migrate", () => {
  it("applies what is missing, in order, and nothing twice", async () => {
    const database = await createTestDatabase({ migrated: false });
    expect(await migrate(database.url, [first])).toEqual(["1_first"]);
    expect(await migrate(database.url, [first, second])).toEqual(["2_second"]);
    expect(await migrate(database.url, [first, second])).toEqual([]);
    expect(await database.query("select id from first")).toEqual([{ id: 1 }]);
  });

  it("lets many processes start at the same time", async () => {
    const database = await createTestDatabase({ migrated: false });
    const applied = await Promise.all(Array.from({ length: 6 }, () => migrate(database.url, [first, second])));
    expect(applied.flat().sort()).toEqual(["1_first", "2_second"]);
  });

  it("leaves nothing of a migration that fails, and says which one it was", async () => {
    const database = await createTestDatabase({ migrated: false });
    const broken = migration("2_broken", "create table half (id int); insert into nowhere values (1)");
    await expect(migrate(database.url, [first, broken])).rejects.toThrow(/2_broken failed: .*nowhere/);
    expect(await database.query("select to_regclass('half') as found")).toEqual([{ found: null }]);
    expect(await migrate(database.url, [first, second])).toEqual(["2_second"]);
  });

  it("refuses a database that a newer release wrote", async () => {
    const database = await createTestDatabase({ migrated: false });
    await migrate(database.url, [first, second]);
    await expect(migrate(database.url, [first])).rejects.toThrow(/2_second.*newer release/);
  });

  it("refuses a migration that was edited after it had been applied", async () => {
    const database = await createTestDatabase({ migrated: false });
    await migrate(database.url, [first]);
    const edited = migration("1_first", "create table other (id int)");
    await expect(migrate(database.url, [edited])).rejects.toThrow(/1_first was edited/);
  });

  it("gives every test file a database that has all migrations", async () => {
    const database = await createTestDatabase();
    expect(database.url).toBe(process.env.DATABASE_URL);
    expect(await migrate(database.url)).toEqual([]);
  });
});
