import { createTransport } from "nodemailer";
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

const TIMEOUT_MS = 15_000;

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

async function sendBy({ options, from }: Server, { id, to, subject, text }: Mail): Promise<void> {
  const transport = createTransport({ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, disableFileAccess: true, disableUrlAccess: true, ...options });
  try {
    const host = new URL(env.MILLRACE_URL).hostname;
    await transport.sendMail({ from, to: [...to], subject: subject.replace(/[\r\n]+/g, " "), text, messageId: `<${id}@${host}>`, headers: { "Auto-Submitted": "auto-generated" } });
  } finally {
    transport.close();
  }
}

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
