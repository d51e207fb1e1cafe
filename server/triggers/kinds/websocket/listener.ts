import { randomUUID } from "node:crypto";
import WebSocket, { type RawData } from "ws";
import { Inflow } from "@/server/triggers/inflow";
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
    const inflow = new Inflow(socket);
    const recording = new Set<Promise<void>>();
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on("error", reject);
        socket.on("close", (code) => reject(new Error(`the server closed the connection (${code})`)));
        socket.on("pong", () => (unanswered = 0));
        socket.on("open", () => {
          if (config.firstMessage !== undefined) socket.send(config.firstMessage);
          // While nothing is read, no answer is heard.
          ping = setInterval(() => (!inflow.isPaused && unanswered++ >= 2 ? reject(new Error("the server answers no pings")) : socket.ping()), config.pingSeconds * 1_000);
          ports.report("listening");
        });
        socket.on("message", (data, isBinary) => {
          const bytes = bytesOf(data);
          const one = inflow.take(bytes.length, () => record(ports, bytes, isBinary)).catch(reject).finally(() => recording.delete(one));
          recording.add(one);
        });
        void untilAborted(ports.signal).then(resolve);
      });
    } finally {
      clearInterval(ping);
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.terminate();
      await Promise.all(recording);
    }
  },
};

function bytesOf(data: RawData): Buffer {
  return Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

async function record(ports: ListenerPorts, bytes: Buffer, isBinary: boolean): Promise<void> {
  await ports.record({ dedupeKey: randomUUID(), ...bodyOf(bytes, isBinary ? "application/octet-stream" : null), meta: { binary: isBinary } });
}
