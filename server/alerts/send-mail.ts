import net from "node:net";
import type { createTransport } from "nodemailer";
import { sharedPool } from "@/server/db/client";
import { env } from "@/server/env";
import { readTriggerSecret } from "@/server/secrets/service";
import { readMailSetting } from "./mail-setting";
import { alertGuard } from "./outbound";

export interface Mail {
  /** Of the delivery: a repetition carries the same. */
  id: string;
  to: readonly string[];
  subject: string;
  text: string;
}

/** How long a server may say nothing, and how long all of it may take: less than whoever took a mail holds it. */
export const PATIENCE = { quietMs: 15_000, wholeMs: 45_000 };

interface Server {
  options: Parameters<typeof createTransport>[0] & object;
  from: string;
}

/** Throws with a reason that people can act on. */
export async function sendMail(workspaceId: string, mail: Mail): Promise<void> {
  await sendBy((await serverOf(workspaceId)) ?? noServer(), mail);
}

/** What belongs to no workspace (signing in, invitations): by the installation's server. */
export async function sendPlatformMail(mail: Mail): Promise<void> {
  await sendBy(installationServer() ?? noServer(), mail);
}

export async function sendBy({ options, from }: Server, { id, to, subject, text }: Mail, { quietMs, wholeMs } = PATIENCE): Promise<void> {
  const times = { connectionTimeout: quietMs, greetingTimeout: quietMs, socketTimeout: quietMs, dnsTimeout: quietMs };
  const dialled = dial(quietMs);
  const { createTransport: open } = await import("nodemailer");
  const transport = open({ ...times, getSocket: dialled.getSocket, disableFileAccess: true, disableUrlAccess: true, ...options });
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, late) => {
    timer = setTimeout(() => late(new Error(`the mail server did not take the mail within ${wholeMs / 1_000} seconds`)), wholeMs);
  });
  try {
    const host = new URL(env.MILLRACE_URL).hostname;
    const sent = transport.sendMail({ from, to: [...to], subject: subject.replace(/[\r\n]+/g, " "), text, messageId: `<${id}@${host}>`, headers: { "Auto-Submitted": "auto-generated" } });
    await Promise.race([sent, deadline]);
  } catch (error) {
    throw isQuiet(error) ? new Error(`the mail server said nothing for ${quietMs / 1_000} seconds`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    transport.close();
    dialled.hangUp();
  }
}

/** The connection in our own hands: closing the transport would leave one whose server never comes to an end. */
function dial(quietMs: number): { getSocket: GetSocket; hangUp(): void } {
  let socket: net.Socket | undefined;
  return {
    getSocket: ({ host = "localhost", port, secure }, done) => {
      const connecting = (socket = net.connect({ host, port: Number(port) || (secure === true ? 465 : 587), timeout: quietMs, keepAlive: true }));
      const settle = (error: Error | null) => {
        connecting.removeAllListeners("timeout").setTimeout(0);
        if (error === null) done(null, { connection: connecting });
        else done(error, false);
      };
      connecting.on("error", () => {});
      connecting.once("error", settle);
      connecting.once("timeout", () => connecting.destroy(Object.assign(new Error("connection timeout"), { code: "ETIMEDOUT" })));
      connecting.once("connect", () => {
        connecting.removeListener("error", settle);
        settle(null);
      });
    },
    hangUp: () => socket?.destroy(),
  };
}

type GetSocket = (options: { host?: string; port?: number | string; secure?: boolean }, done: (error: Error | null, socket: false | { connection: net.Socket }) => void) => void;

const isQuiet = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ETIMEDOUT";

function noServer(): never {
  throw new Error("no mail server is set up: an administrator names one in the notification settings, or SMTP_URL for the installation");
}

function installationServer(): Server | null {
  return env.SMTP_URL === undefined ? null : { options: { url: env.SMTP_URL } as Server["options"], from: env.SMTP_FROM ?? `millrace@${new URL(env.MILLRACE_URL).hostname}` };
}

async function serverOf(workspaceId: string): Promise<Server | null> {
  const setting = await readMailSetting(sharedPool(), workspaceId);
  if (setting === null) return installationServer();
  const { host, port, security, user, passwordSecret, from } = setting;
  // The name is looked up once, judged, and that address connected to; certificates are still checked by name.
  const [first] = await alertGuard().resolve(host);
  if (first === undefined) throw new Error(`${host} has no address`);
  const password = passwordSecret === null ? null : await readTriggerSecret({ id: workspaceId, workspaceId, name: "mail server" }, passwordSecret);
  if (passwordSecret !== null && password === null) throw new Error(`the secret ${passwordSecret} does not exist`);
  const options = {
    host: first.address,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: { servername: host },
    ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
  };
  return { options: options as Server["options"], from };
}
