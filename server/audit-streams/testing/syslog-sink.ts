import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";

export interface Keys {
  key: string;
  cert: string;
}

export function newServerKeys(): Keys {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-syslog-"));
  try {
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert];
    execFileSync("openssl", request, { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface SyslogSink {
  port: number;
  messages: string[];
  /** Breaks the next connections off in the middle. */
  breaks: number;
  close(): Promise<void>;
}

/** A syslog server that counts octets, over TCP or TLS. */
export async function openSyslogSink(keys?: Keys): Promise<SyslogSink> {
  const sink: SyslogSink = { port: 0, messages: [], breaks: 0, close: () => Promise.resolve() };
  const take = (socket: net.Socket) => {
    socket.on("error", () => undefined);
    if (sink.breaks > 0) {
      sink.breaks -= 1;
      socket.once("data", () => socket.resetAndDestroy());
      return;
    }
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", () => sink.messages.push(...split(Buffer.concat(chunks))));
  };
  const server = keys === undefined ? net.createServer(take) : tls.createServer(keys, take);
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  sink.port = (server.address() as AddressInfo).port;
  sink.close = () => new Promise((resolve) => server.close(() => resolve()));
  return sink;
}

function split(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(" ", at);
    const length = Number(bytes.subarray(at, space).toString("ascii"));
    messages.push(bytes.subarray(space + 1, space + 1 + length).toString("utf8"));
    at = space + 1 + length;
  }
  return messages;
}
