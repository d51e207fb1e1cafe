import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";

interface Started {
  process: ChildProcess;
  signInUrl: string | null;
}

/** An installation of a test's own, which it may end and start again. */
export class Installation {
  #started: Started | undefined;

  private constructor(
    readonly folder: string,
    private readonly port: number,
    private readonly variables: Record<string, string>,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<Installation> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-own-"));
    fs.chmodSync(folder, 0o755);
    const installation = new Installation(folder, await freePort(), variables);
    await installation.startAgain();
    return installation;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get signInUrl(): string {
    return this.#started?.signInUrl ?? "";
  }

  /** Somebody has signed in: later starts print no link. */
  noteSignedIn(): void {
    fs.writeFileSync(path.join(this.folder, "signed-in"), "");
  }

  /** As `npm start` does; resolves when it says that it is ready. */
  async startAgain(): Promise<void> {
    const child = spawn(process.execPath, ["--import", "tsx", "server/supervisor/main.ts"], {
      env: { ...process.env, PORT: String(this.port), MILLRACE_DATA_DIR: this.folder, ...this.variables },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    this.#started = await untilReady(child, path.join(this.folder, "signed-in"));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#started?.process;
    if (child === undefined) return;
    const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.end("SIGTERM");
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function untilReady(child: ChildProcess, signedIn: string): Promise<Started> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the start ended with ${code}:\n${text}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const signInUrl = /valid once: (\S+)/.exec(text)?.[1] ?? null;
      if (/Ready: \S+/.test(text) && (signInUrl !== null || fs.existsSync(signedIn))) resolve({ process: child, signInUrl });
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Straight from a database. */
export async function ask<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** From the database of the installation that all tests share. */
export async function askShared<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
  const { url, stop } = await startEmbeddedPostgres({ dataFolder: process.env.E2E_DATA_DIR! });
  try {
    return await ask<Row>(url, sql, values);
  } finally {
    // It only leaves: the installation is attached, too.
    await stop();
  }
}

/** The session that was made last is one of some time ago. */
export async function ageSignIn(minutes: number): Promise<void> {
  await askShared("UPDATE session SET authenticated_at = now() - make_interval(mins => $1) WHERE id = (SELECT id FROM session ORDER BY created_at DESC LIMIT 1)", [minutes]);
}

/** A test that broke off leaves none on everybody's pages. */
export async function removeAnnouncements(): Promise<void> {
  await askShared("DELETE FROM announcement");
}
