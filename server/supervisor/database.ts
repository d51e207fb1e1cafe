import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/server/postgres/embedded";
import { complain, say } from "@/server/supervisor/say";
import { StartError } from "@/server/supervisor/start-error";

export interface Database {
  readonly url: string;
  stop(): Promise<void>;
}

const REACHABLE_WITHIN_MS = 60_000;
const RETRY_MS = 1000;

/** A database of the operator's own: waits until it answers, since containers often start together. */
export async function externalDatabase(url: string, signal: AbortSignal): Promise<Database> {
  const deadline = performance.now() + REACHABLE_WITHIN_MS;
  for (let attempt = 1; ; attempt += 1) {
    const problem = await connectionProblem(url);
    if (!problem || signal.aborted) return { url, stop: async () => {} };
    if (performance.now() > deadline) throw new StartError(`The database of DATABASE_URL cannot be reached: ${problem}`);
    if (attempt === 1) say(`Waiting for the database of DATABASE_URL (${problem}).`);
    await delay(RETRY_MS);
  }
}

async function connectionProblem(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return (error as Error).message || String(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The embedded server, started again at the same address whenever it goes away. */
export class EmbeddedDatabase implements Database {
  private stopping = false;
  private starting: Promise<void> | undefined;

  private constructor(
    private readonly dataFolder: string,
    private server: EmbeddedPostgres,
  ) {
    void this.watch();
  }

  static async start(dataFolder: string): Promise<EmbeddedDatabase> {
    const server = await startEmbeddedPostgres({ dataFolder });
    if (!(await server.claimSupervision())) {
      await server.stop();
      throw new StartError(`Millrace already runs on ${dataFolder}. Stop it first, or set MILLRACE_DATA_DIR to another folder.`);
    }
    return new EmbeddedDatabase(dataFolder, server);
  }

  get url(): string {
    return this.server.url;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    // One that is being started again is the one to stop.
    await this.starting;
    await this.server.stop();
  }

  private async watch(): Promise<void> {
    while (!this.stopping) {
      await this.server.lost;
      if (this.stopping) return;
      complain("PostgreSQL went away; starting it again.");
      this.starting = this.startAgain();
      await this.starting;
    }
  }

  private async startAgain(): Promise<void> {
    const { url } = this.server;
    while (!this.stopping) {
      try {
        this.server = await startEmbeddedPostgres({ dataFolder: this.dataFolder });
        await this.server.claimSupervision();
        if (this.server.url !== url) complain("PostgreSQL had to take another port; restart Millrace.");
        else say("PostgreSQL is back.");
        return;
      } catch (error) {
        complain((error as Error).message);
        await delay(RETRY_MS);
      }
    }
  }
}
