import net from "node:net";
import tls from "node:tls";
import { version } from "@/package.json";
import { alertGuard } from "@/server/alerts/service";
import { env } from "@/server/env";
import type { StreamConfig } from "./contract";
import type { StreamedEvent } from "./events";
import { frame, syslogMessage } from "./syslog-message";

const TIMEOUT_MS = 20_000;

type SyslogConfig = Extract<StreamConfig, { kind: "syslog" }>;
type Sendable = Pick<StreamedEvent, "seq" | "at" | "action">;

/** Syslog acknowledges nothing. What counts is that the other side has read to the end and closed the connection in answer. */
export async function sendSyslog(config: SyslogConfig, events: readonly Sendable[]): Promise<void> {
  const sender = { host: new URL(env.MILLRACE_URL).hostname, version };
  const text = events.map((event) => frame(syslogMessage(event, sender))).join("");
  // The name is looked up once, judged, and that address connected to; certificates are still checked by name.
  const [first] = await alertGuard().resolve(config.host);
  if (first === undefined) throw new Error(`${config.host} has no address`);
  await deliver(() => connect(config, first.address), text);
}

function connect({ host, port, tls: isTls, certificate }: SyslogConfig, address: string): net.Socket {
  if (!isTls) return net.connect({ host: address, port });
  return tls.connect({ host: address, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), checkServerIdentity: (_, peer) => tls.checkServerIdentity(host, peer), ...(certificate === null ? {} : { ca: [certificate] }) });
}

function deliver(open: () => net.Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = open();
    let isWritten = false;
    let isRead = false;
    const timer = setTimeout(() => socket.destroy(new Error(isWritten ? "the server did not close the connection, so it is not known whether it has everything" : `no connection within ${TIMEOUT_MS / 1_000} seconds`)), TIMEOUT_MS);
    socket.on("error", (error) => reject(error));
    socket.on("finish", () => (isWritten = true));
    socket.on("end", () => (isRead = isWritten));
    socket.on("close", () => {
      clearTimeout(timer);
      if (isRead) resolve();
      else reject(new Error("the server closed the connection before it had everything"));
    });
    socket.resume();
    socket.on(socket instanceof tls.TLSSocket ? "secureConnect" : "connect", () => socket.end(text, "utf8"));
  });
}
