import { readFile } from "node:fs/promises";
import type { SMTPServer } from "smtp-server";
import { env } from "@/server/env";
import { mailDomain } from "@/server/triggers/mail-domain";
import type { SharedServer } from "@/server/triggers/source";
import type { Resolver } from "./authenticate";
import { type MailServerPorts, sessionHandlers } from "./mail-server";
import { takeMail } from "./take-mail";

/** Another process of this machine has the port: this one stands by for it. */
const STAND_BY_MS = 2_000;
const CLOSE_MS = 5_000;

export const emailServer: SharedServer = {
  type: "server",
  serve: (ports) => serveMail(ports),
};

interface Place {
  host: string;
  port: number;
}

export async function serveMail({ record, signal, log }: Parameters<SharedServer["serve"]>[0], { place = env.MAIL_LISTEN, resolver }: { place?: Place; resolver?: Resolver } = {}): Promise<void> {
  if (place === undefined) return;
  const domain = mailDomain();
  const handlers = { domain, maxBytes: env.MAIL_MAX_BYTES, log, take: (mail) => takeMail(mail, { mta: domain, record, resolver }) } satisfies MailServerPorts;
  for (let told = false; !signal.aborted; ) {
    try {
      await serveUntilAborted(handlers, place, signal);
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (!told && !isTaken) log(`no mail can be received at ${place.host}:${place.port}`, { cause: error });
      told = !isTaken;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, STAND_BY_MS);
        signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
  }
}

async function serveUntilAborted(ports: MailServerPorts, { host, port }: Place, signal: AbortSignal): Promise<void> {
  const { SMTPServer: Server } = await import("smtp-server");
  const tls = await tlsOptions();
  const server = new Server({ ...sessionHandlers(ports), ...tls, disabledCommands: tls === null ? ["AUTH", "STARTTLS"] : ["AUTH"], closeTimeout: CLOSE_MS });
  await new Promise<void>((resolve, reject) => {
    // A client that breaks off is an error here too, once the port is open.
    server.on("error", (error) => (server.server.listening ? undefined : reject(error)));
    server.listen(port, host, () => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  });
  await closed(server);
}

async function tlsOptions(): Promise<{ cert: Buffer; key: Buffer } | null> {
  const files = env.MAIL_TLS_FILES;
  if (files === undefined) return null;
  const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
  return { cert, key };
}

function closed(server: SMTPServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
