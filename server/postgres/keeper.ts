import pg from "pg";

const ATTACHED_LOCK = 72_707_380;
const SUPERVISION_LOCK = 72_707_381;

/**
 * One connection that says "this process uses the server": it holds a shared advisory lock, so that the last one to
 * leave shuts the server down and nobody else's database disappears. Its loss tells that the server went away.
 */
export class Keeper {
  readonly lost: Promise<void>;
  private leaving = false;

  private constructor(private readonly client: pg.Client) {
    this.lost = new Promise((resolve) => {
      client.on("error", () => {});
      client.once("end", () => {
        if (!this.leaving) resolve();
      });
    });
  }

  static async connect(url: string): Promise<Keeper> {
    const client = new pg.Client({ connectionString: url, application_name: "millrace keeper" });
    const keeper = new Keeper(client);
    try {
      await client.connect();
      await client.query("select pg_advisory_lock_shared($1)", [ATTACHED_LOCK]);
      return keeper;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  async ensureDatabase(name: string): Promise<void> {
    const { rowCount } = await this.client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount) return;
    try {
      await this.client.query(`create database ${pg.escapeIdentifier(name)}`);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }

  /** False if another process already supervises this installation. Ends with this connection. */
  async claimSupervision(): Promise<boolean> {
    const { rows } = await this.client.query<{ claimed: boolean }>("select pg_try_advisory_lock($1) as claimed", [
      SUPERVISION_LOCK,
    ]);
    return rows[0]?.claimed ?? false;
  }

  /**
   * Disconnects; the last one shuts the server down, and holds the lock until it is gone: who wants to attach meanwhile waits for it, and
   * loses that connection with the server. A server that cannot tell any more is taken to have nobody else.
   */
  async leave(shutDown: () => Promise<void>): Promise<void> {
    this.leaving = true;
    const isLast = await this.isLast().catch(() => true);
    try {
      if (isLast) await shutDown();
    } finally {
      await this.client.end().catch(() => {});
    }
  }

  private async isLast(): Promise<boolean> {
    await this.client.query("select pg_advisory_unlock_shared($1)", [ATTACHED_LOCK]);
    const { rows } = await this.client.query<{ last: boolean }>("select pg_try_advisory_lock($1) as last", [ATTACHED_LOCK]);
    return rows[0]?.last ?? true;
  }
}

function isDuplicate(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === "42P04" || code === "23505";
}
