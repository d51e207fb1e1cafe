// npm run migrate:new -- <name>: writes the SQL that leads from the migrations to the schema files.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate, migrationsFolder } from "@/server/postgres/migrate";

const root = path.resolve(import.meta.dirname, "../..");

function timestamp(): string {
  return new Date().toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
}

/** Asks the Prisma CLI for the difference to the schema files. The database has all migrations, by our own runner: Prisma's cannot read each statement of theirs. */
function schemaDifference(env: { DATABASE_URL: string }): Promise<string> {
  const parameters = ["migrate", "diff", "--from-config-datasource", "--to-schema", "prisma/schema", "--script"];
  const prisma = spawn(path.join(root, "node_modules/.bin/prisma"), parameters, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let sql = "";
  prisma.stdout.on("data", (chunk: Buffer) => {
    sql += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    prisma.once("error", reject);
    prisma.once("exit", (code) => (code === 0 ? resolve(sql) : reject(new Error(`prisma migrate diff ended with ${code}.`))));
  });
}

async function main(name: string | undefined): Promise<void> {
  if (!name || !/^[a-z0-9_]+$/.test(name)) {
    throw new Error("Usage: npm run migrate:new -- name_in_snake_case");
  }
  fs.mkdirSync(migrationsFolder, { recursive: true });
  const lock = path.join(migrationsFolder, "migration_lock.toml");
  if (!fs.existsSync(lock)) fs.writeFileSync(lock, 'provider = "postgresql"\n');
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-migration-"));
  fs.chmodSync(dataFolder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataFolder, database: "shadow", settings: ["fsync=off"] });
  try {
    await migrate(postgres.url);
    const sql = await schemaDifference({ DATABASE_URL: postgres.url });
    if (/^\s*(-- This is an empty migration\.)?\s*$/.test(sql)) {
      console.log("The migrations already lead to the schema files.");
      return;
    }
    const folder = path.join(migrationsFolder, `${timestamp()}_${name}`);
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "migration.sql"), sql);
    console.log(`Wrote ${path.relative(root, folder)}/migration.sql. Read it: Prisma drops hand-written partial indexes.`);
  } finally {
    await postgres.stop();
    fs.rmSync(dataFolder, { recursive: true, force: true });
  }
}

await main(process.argv[2]);
