import pg from "pg";
import { markOwn } from "./own-errors";

type Query = (...given: unknown[]) => unknown;
type Callback = (error: unknown, result?: unknown) => void;

/** How often the result of a statement has changed its type since the process began, by the statement's name. */
const renewals = new Map<string, number>();

function nameNow(name: string): string {
  const renewed = renewals.get(name);
  return renewed === undefined ? name : `${name} ${renewed}`;
}

/** A migration has changed what a statement answers: each connection that keeps it refuses it from then on, until the connection ends. */
export function isOutdated(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: unknown; routine?: unknown }).code === "0A000" && (error as Error & { routine?: unknown }).routine === "RevalidateCachedQuery";
}

const IN_FAILED_TRANSACTION = "25P02";
const codeOf = (error: unknown): unknown => (error instanceof Error ? (error as Error & { code?: unknown }).code : undefined);

const isNamed = (given: unknown): given is { name: string } => typeof given === "object" && given !== null && !("submit" in given) && "name" in given && typeof given.name === "string" && given.name !== "";

/**
 * A client of our own database, as its errors say. Its statements with a name outlive migrations: one that is refused because its result has changed
 * is kept under another name from then on, by every connection of the process. Outside of a transaction it is sent again at once; a transaction has
 * failed, and the next one goes well.
 */
export class LastingClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    // The first to hear of it: a pool hands what ends a connection to whoever holds it.
    this.on("error", markOwn);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | void {
    if (callback !== undefined) return super.connect((error: Error) => callback(markOwn(error)));
    return super.connect().catch(failOwn);
  }
}

const failOwn = (error: unknown): never => {
  throw markOwn(error);
};

const isCallback = (one: unknown): one is Callback => typeof one === "function";
const plainQuery = (client: pg.Client, given: unknown[]): unknown => (pg.Client.prototype.query as unknown as Query).apply(client, given);

/** The driver gives up the answer and not the statement: whatever is sent after it on that connection would wait for it. */
function heard(client: pg.Client, error: unknown): unknown {
  if (error instanceof Error && error.message === "Query read timeout") void client.end().catch(() => {});
  return markOwn(error);
}

function markedQuery(client: pg.Client, given: unknown[]): unknown {
  const answer = plainQuery(client, given.map((one) => (isCallback(one) ? (error: unknown, result?: unknown) => one(heard(client, error), result) : one)));
  if (!(answer instanceof Promise)) return answer;
  return answer.catch((error: unknown) => {
    throw heard(client, error);
  });
}

function query(this: pg.Client, ...given: unknown[]): unknown {
  const [config] = given;
  if (!isNamed(config)) return markedQuery(this, given);
  const callback = given.find(isCallback);
  const values = Array.isArray(given[1]) ? { values: given[1] as unknown[] } : {};
  const send = (name: string) => markedQuery(this, [{ ...config, ...values, name }]) as Promise<unknown>;
  const name = nameNow(config.name);
  const answer = send(name).catch((error: unknown) => {
    if (!isOutdated(error)) throw error;
    if (nameNow(config.name) === name) renewals.set(config.name, (renewals.get(config.name) ?? 0) + 1);
    return send(nameNow(config.name)).catch((again: unknown) => {
      throw codeOf(again) === IN_FAILED_TRANSACTION ? error : again;
    });
  });
  if (callback === undefined) return answer;
  answer.then((result) => callback(undefined, result), callback);
}

Object.defineProperty(LastingClient.prototype, "query", { value: query, configurable: true, writable: true });
