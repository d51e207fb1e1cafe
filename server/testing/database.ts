import crypto from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

export interface TestDatabase {
  readonly url: string;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Ends every connection to the database and removes it. Optional: the end of the test run removes them all. */
  drop(): Promise<void>;
}

/** The test file's own database, at `env.DATABASE_URL`: made before the file is loaded, handed out by the first call. */
let ofThisFile: TestDatabase | undefined;

/** A fresh database with the current schema (or an empty one), cloned in some 30 ms. */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  if (migrated && ofThisFile) {
    const handedOut = ofThisFile;
    ofThisFile = undefined;
    return handedOut;
  }
  const { adminUrl, prefix } = inject("testServer");
  const name = `${prefix}_${crypto.randomBytes(5).toString("hex")}`;
  await query(adminUrl, `create database "${name}" template "${migrated ? `${prefix}_template` : "template0"}"`);
  const location = new URL(adminUrl);
  location.pathname = `/${name}`;
  return {
    url: location.href,
    query: (sql, values) => query(location.href, sql, values),
    drop: async () => {
      await query(adminUrl, `drop database if exists "${name}" with (force)`);
    },
  };
}

/** For the setup file of database tests: the module under test may open `env.DATABASE_URL` as soon as it is imported. */
export async function prepareDatabaseOfThisFile(): Promise<void> {
  const database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  ofThisFile = database;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
