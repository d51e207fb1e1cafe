import { randomUUID } from "node:crypto";
import WebSocket, { type RawData } from "ws";
import { bodyOf, guardedLookup, secretOf, untilAborted } from "@/server/triggers/outbound";
import type { Listener, ListenerPorts, ListeningTrigger } from "@/server/triggers/source";
import type { WebsocketConfig } from "./spec";

const MAX_MESSAGE_BYTES = 10 * 1_024 * 1_024;
const HANDSHAKE_MS = 15_000;

export const websocketListener: Listener = {
  type: "listener",
  async listen(trigger, ports) {
    const { config } = trigger as ListeningTrigger<WebsocketConfig>;
    const token = await secretOf(ports, config.secret);
    const { hostname } = new URL(config.url);
    const socket = new WebSocket(config.url, {
      headers: { ...config.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      lookup: guardedLookup(hostname),
      followRedirects: false,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    let unanswered = 0;
    let ping: NodeJS.Timeout | undefined;
    // Messages become events in the order in which they came.
    let recorded: Promise<unknown> = Promise.resolve();
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on("error", reject);
        socket.on("close", (code) => reject(new Error(`the server closed the connection (${code})`)));
        socket.on("pong", () => (unanswered = 0));
        socket.on("open", () => {
          if (config.firstMessage !== undefined) socket.send(config.firstMessage);
          ping = setInterval(() => (unanswered++ >= 2 ? reject(new Error("the server answers no pings")) : socket.ping()), config.pingSeconds * 1_000);
          ports.report("listening");
        });
        socket.on("message", (data, isBinary) => {
          recorded = recorded.then(() => record(ports, data, isBinary)).catch(reject);
        });
        void untilAborted(ports.signal).then(resolve);
      });
    } finally {
      clearInterval(ping);
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.terminate();
      await recorded;
    }
  },
};

async function record(ports: ListenerPorts, data: RawData, isBinary: boolean): Promise<void> {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
  await ports.record({ dedupeKey: randomUUID(), ...bodyOf(bytes, isBinary ? "application/octet-stream" : null), meta: { binary: isBinary } });
}
