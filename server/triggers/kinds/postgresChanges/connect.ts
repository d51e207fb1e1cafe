import pg from "pg";
import { addressOf, secretOf, tlsOptionsOf } from "@/server/triggers/outbound";
import type { ListenerPorts } from "@/server/triggers/source";
import type { PostgresChangesConfig } from "./spec";

const CONNECT_MS = 15_000;
/** A statement that waits longer (for locks, or for transactions of others) is given up by the server, and by us when that says nothing. */
export const ANSWER_MS = 60_000;
const SILENT_MS = 5_000;

/** `replication`: a connection that streams changes instead of answering queries. */
export async function connectTo(config: PostgresChangesConfig, ports: Pick<ListenerPorts, "secret">, { replication, answerMs = ANSWER_MS }: { replication: boolean; answerMs?: number }): Promise<pg.Client> {
  const { host, port, username, database, secret } = config;
  const ssl = await tlsOptionsOf(config, ports);
  const client = new pg.Client({
    host: await addressOf(host),
    port,
    user: username,
    database,
    password: await secretOf(ports, secret),
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "millrace",
    ...(ssl === null ? {} : { ssl }),
    // What streams changes answers nothing for as long as there are none.
    ...(replication ? { replication: "database" } : { query_timeout: answerMs + SILENT_MS }),
  });
  // Whoever uses it hears of errors by its queries and by what it listens for; without a listener they end the process.
  client.on("error", () => {});
  await client.connect();
  if (!replication) await client.query(`SET statement_timeout = ${answerMs}`);
  return client;
}
