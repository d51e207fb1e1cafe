import { randomUUID } from "node:crypto";
import pg from "pg";
import { Inflow } from "@/server/triggers/inflow";
import { answeredWithin, closeClient } from "@/server/triggers/postgres-end";
import { addressOf, bodyOf, secretOf, tlsOptionsOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListeningTrigger } from "@/server/triggers/source";
import type { PostgresConfig } from "./spec";

const PING_MS = 30_000;
const ANSWER_MS = 15_000;

export const postgresListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<PostgresConfig>;
    const { host, port, username, database, channel } = config;
    const ssl = await tlsOptionsOf(config, ports);
    const client = new pg.Client({
      host: await addressOf(host),
      port,
      user: username,
      database,
      password: await secretOf(ports, config.secret),
      keepAlive: true,
      connectionTimeoutMillis: 15_000,
      ...(ssl === null ? {} : { ssl }),
    });
    const inflow = new Inflow({ pause: () => client.connection.stream.pause(), resume: () => client.connection.stream.resume() });
    const recording = new Set<Promise<void>>();
    let ping: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        client.on("error", reject);
        client.on("end", () => reject(new Error("the server closed the connection")));
        client.on("notification", ({ payload = "", processId }) => {
          const one = inflow
            .take(Buffer.byteLength(payload), () => ports.record({ dedupeKey: randomUUID(), ...bodyOf(payload), meta: { channel, processId } }))
            .catch(reject)
            .finally(() => recording.delete(one));
          recording.add(one);
        });
        const begin = async (): Promise<void> => {
          await client.connect();
          await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
          ports.report("listening");
          // Nothing comes for long times: only an answer tells that the server is there. While nothing is read, none is heard.
          ping = setInterval(() => {
            if (!inflow.isPaused) answeredWithin(ANSWER_MS, client.query("SELECT 1")).catch((error: unknown) => inflow.isPaused || reject(error as Error));
          }, PING_MS);
        };
        begin().catch(reject);
        void untilAborted(ports.signal).then(resolve);
      });
    } finally {
      clearInterval(ping);
      client.removeAllListeners();
      client.on("error", () => {});
      await closeClient(client);
      await Promise.all(recording);
    }
  },
};
