import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { markOwn } from "./own-errors";

/** What the transaction that begins next starts with, in the round trip of its BEGIN. */
interface Beginning {
  readonly settings: readonly string[];
  taken: boolean;
  done: boolean;
}

const beginnings = new AsyncLocalStorage<Beginning>();

/**
 * Opens a transaction whose first statements are `settings`. Where whoever opens it does not send its BEGIN by a connection of
 * a TenantPool, `isDone` is false within `work`, and the settings have still to be made.
 */
export function beginWith<Result>(settings: readonly string[], open: (isDone: () => boolean) => Promise<Result>): Promise<Result> {
  const beginning: Beginning = { settings, taken: false, done: false };
  return beginnings.run(beginning, () => open(() => beginning.done));
}

/** Its connections put the settings of `beginWith` behind the BEGIN that comes first; that there is none is an error of our own database. */
export class TenantPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<pg.Pool["connect"]>[0]): void;
  override connect(callback?: Parameters<pg.Pool["connect"]>[0]): Promise<pg.PoolClient> | void {
    if (callback !== undefined) return super.connect((error, client, done) => callback(markOwn(error), client, done));
    const beginning = beginnings.getStore();
    const begins = beginning !== undefined && !beginning.taken;
    if (begins) beginning.taken = true;
    return super.connect().then(
      (client) => {
        if (begins) beginOnce(client, beginning);
        return client;
      },
      (error: unknown) => {
        throw markOwn(error);
      },
    );
  }
}

/** The first statement of the connection's next holder; whatever it is, the ones after it go their usual way. */
function beginOnce(client: pg.PoolClient, beginning: Beginning): void {
  const query = client.query.bind(client) as (config: unknown, ...rest: unknown[]) => unknown;
  const first = (config: unknown, ...rest: unknown[]) => {
    Reflect.deleteProperty(client, "query");
    if (!isBegin(config)) return query(config, ...rest);
    beginning.done = true;
    return query({ ...config, text: ["BEGIN", ...beginning.settings].join("; ") }, ...rest);
  };
  Object.defineProperty(client, "query", { value: first, configurable: true });
}

const isBegin = (config: unknown): config is { text: string } => typeof config === "object" && config !== null && "text" in config && config.text === "BEGIN";
