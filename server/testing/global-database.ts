import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate } from "@/server/postgres/migrate";

declare module "vitest" {
  interface ProvidedContext {
    /** The server of this test run, and the prefix that all of its databases share. */
    testServer: { adminUrl: string; prefix: string };
  }
}

/** Starts one PostgreSQL for the run (or uses TEST_DATABASE_URL) and migrates the template that files clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prefix = `millrace_test_${crypto.randomBytes(4).toString("hex")}`;
  const external = process.env.TEST_DATABASE_URL;
  const server = external ? undefined : await startScratchServer();
  const adminUrl = external ?? server?.postgres.url ?? "";
  await run(adminUrl, `create database "${prefix}_template"`);
  await migrate(withDatabase(adminUrl, `${prefix}_template`));
  project.provide("testServer", { adminUrl, prefix });
  return async () => {
    if (server) await server.remove();
    else await dropAll(adminUrl, prefix);
  };
}

async function startScratchServer(): Promise<{ postgres: EmbeddedPostgres; remove(): Promise<void> }> {
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-test-"));
  fs.chmodSync(dataFolder, 0o755);
  const settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400"];
  const postgres = await startEmbeddedPostgres({ dataFolder, database: "postgres", settings });
  return {
    postgres,
    remove: async () => {
      await postgres.stop();
      fs.rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function run(url: string, sql: string): Promise<pg.QueryResult<{ datname: string }>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<{ datname: string }>(sql);
  } finally {
    await client.end();
  }
}

async function dropAll(adminUrl: string, prefix: string): Promise<void> {
  const { rows } = await run(adminUrl, `select datname from pg_database where starts_with(datname, '${prefix}')`);
  for (const { datname } of rows) await run(adminUrl, `drop database if exists "${datname}" with (force)`);
}
