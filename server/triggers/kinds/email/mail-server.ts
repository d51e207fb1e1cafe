import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from "smtp-server";
import { countWithin } from "@/server/auth/rate-limit";
import { DomainError } from "@/server/errors/domain-error";
import { type Endpoint, findEndpointByToken } from "@/server/triggers/endpoint";
import { noteRefusal } from "@/server/triggers/refusals";
import { noteUnknownCall } from "@/server/triggers/unknown-calls";
import { MailReply, noSuchAddress, putOff, tooLarge } from "./reply";
import { emailConfig, type EmailConfig } from "./spec";

const KILOBYTE = 1_024;
const MAX_CONNECTIONS = 50;
const MAX_RECIPIENTS = 50;

/** A trigger that a mail is for. */
export interface Recipient {
  endpoint: Endpoint;
  config: EmailConfig;
  /** What stood behind a `+` in its address. */
  tag: string | null;
}

export interface ReceivedMail {
  recipients: Recipient[];
  message: Buffer;
  envelope: { from: string; to: string[]; ip: string; helo: string; isEncrypted: boolean };
}

export interface MailServerPorts {
  domain: string;
  maxBytes: number;
  /** The sender hears 250 when this has resolved, and `MailReply` as it is thrown. */
  take(mail: ReceivedMail): Promise<void>;
  log(message: string, fields?: Record<string, unknown>): void;
}

type Session = SMTPServerSession & { recipients?: Map<string, Recipient> };

/** How the SMTP server answers: who may be written to, how much, and what is wrong. */
export function sessionHandlers({ domain, maxBytes, take, log }: MailServerPorts): SMTPServerOptions {
  const answered = (work: () => Promise<void>, answer: (error?: Error | null) => void): void => {
    work().then(
      () => answer(null),
      (error: unknown) => {
        if (!(error instanceof MailReply)) log("a mail could not be taken", { cause: error });
        // Nothing is lost: the sending server keeps the mail and tries again.
        answer(error instanceof MailReply ? error : putOff("The mail cannot be taken at present"));
      },
    );
  };
  return {
    name: domain,
    banner: "Millrace",
    size: maxBytes,
    maxClients: MAX_CONNECTIONS,
    authOptional: true,
    disableReverseLookup: true,
    onMailFrom: (_address, session: Session, answer) => {
      session.recipients = new Map();
      answer();
    },
    onRcptTo: ({ address }, session: Session, answer) => answered(() => addRecipient(session, address, domain), answer),
    onData: (stream, session: Session, answer) =>
      answered(async () => {
        const recipients = [...(session.recipients ?? [])].map(([, recipient]) => recipient);
        const message = await readWhole(stream, maxBytes);
        if (message === null) {
          for (const { endpoint } of recipients) noteRefusal(endpoint.id, "too_large");
          throw tooLarge(Math.floor(maxBytes / KILOBYTE));
        }
        // One answer for all of them: those that it fits have it, the others count it.
        const fitting = recipients.filter(({ config }) => message.length <= config.maxKb * KILOBYTE);
        const replies = recipients.filter((one) => !fitting.includes(one)).map(({ endpoint, config }) => refused(endpoint, "too_large", tooLarge(config.maxKb)));
        if (fitting.length === 0 && replies[0] !== undefined) throw replies[0];
        await take({ recipients: fitting, message, envelope: envelopeOf(session) });
      }, answer),
  };
}

async function addRecipient(session: Session, address: string, domain: string): Promise<void> {
  const at = address.lastIndexOf("@");
  const [token = "", ...tag] = address.slice(0, at).split("+");
  if (address.slice(at + 1).toLowerCase() !== domain) throw unknown();
  const recipients = (session.recipients ??= new Map<string, Recipient>());
  if (recipients.size >= MAX_RECIPIENTS) throw new MailReply(452, "Too many recipients");
  // Relays may change the case of an address.
  const endpoint = await findEndpointByToken(token.toLowerCase());
  if (endpoint?.kind !== "email") throw unknown();
  if (!endpoint.isOpen && endpoint.pausedUntil !== null) throw refused(endpoint, "closed", putOff("Paused: try again later"));
  if (!endpoint.isOpen) throw refused(endpoint, "closed", noSuchAddress());
  const config = emailConfig.parse(endpoint.config);
  const declared = Number((session.envelope.mailFrom === false ? {} : (session.envelope.mailFrom.args as { SIZE?: string })).SIZE ?? 0);
  if (declared > config.maxKb * KILOBYTE) throw refused(endpoint, "too_large", tooLarge(config.maxKb));
  if (!recipients.has(endpoint.id)) await countMail(endpoint, config);
  recipients.set(endpoint.id, { endpoint, config, tag: tag.length === 0 ? null : tag.join("+") });
}

async function countMail(endpoint: Endpoint, { ratePerMinute }: EmailConfig): Promise<void> {
  if (ratePerMinute === undefined) return;
  try {
    await countWithin(`trigger:${endpoint.id}`, ratePerMinute, 60);
  } catch (error) {
    if (!DomainError.is(error, "rate_limited")) throw error;
    throw refused(endpoint, "rate", putOff(`Too many mails: try again in ${error.data.retryAfterSeconds} seconds`));
  }
}

function unknown(): MailReply {
  noteUnknownCall("email");
  return noSuchAddress();
}

function refused({ id }: Endpoint, reason: string, reply: MailReply): MailReply {
  noteRefusal(id, reason);
  return reply;
}

/** Reads to the end, as the protocol asks, but keeps no more than the limit; null: it was more. Throws when the connection breaks. */
async function readWhole(stream: SMTPServerDataStream, maxBytes: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= maxBytes) parts.push(part);
    else parts.length = 0;
  }
  return size > maxBytes ? null : Buffer.concat(parts);
}

function envelopeOf({ envelope: { mailFrom, rcptTo }, remoteAddress, hostNameAppearsAs, secure }: SMTPServerSession): ReceivedMail["envelope"] {
  const ip = remoteAddress.replace(/^::ffff:/i, "");
  return { from: mailFrom === false ? "" : mailFrom.address, to: rcptTo.map(({ address }) => address), ip, helo: hostNameAppearsAs, isEncrypted: secure };
}
