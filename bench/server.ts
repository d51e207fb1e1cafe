import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate } from "@/server/postgres/migrate";

const TEMPLATE = "bench_template";

/** The PostgreSQL that the bench measures on: as the product ships it, fsync included, in a folder that goes afterwards. */
export class BenchServer {
  #databases = 0;

  private constructor(
    readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
  ) {}

  static async start(settings: readonly string[]): Promise<BenchServer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-bench-"));
    fs.chmodSync(folder, 0o755);
    const postgres = await startEmbeddedPostgres({ dataFolder: folder, database: TEMPLATE, settings });
    const server = new BenchServer(folder, postgres);
    await migrate(postgres.url);
    return server;
  }

  /** A database of its own for a workload: migrated, or empty for engines that bring their own tables. */
  async newDatabase({ migrated = true } = {}): Promise<string> {
    const name = `bench_${++this.#databases}`;
    await this.#admin(`CREATE DATABASE ${name} TEMPLATE ${migrated ? TEMPLATE : "template0"}`);
    // So that no workload pays for the writes of the one before.
    await this.#admin("CHECKPOINT");
    return this.postgres.urlOf(name);
  }

  async dropDatabase(url: string): Promise<void> {
    await this.#admin(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  }

  async describe(): Promise<string> {
    const { rows } = await this.#admin(`SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit`);
    const { version, fsync, commit } = rows[0] as { version: string; fsync: string; commit: string };
    return `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`;
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async #admin(sql: string): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: this.postgres.urlOf("postgres") });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
