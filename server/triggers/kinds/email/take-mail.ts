import { createHash } from "node:crypto";
import type { ParsedMail } from "mailparser";
import { putBlob } from "@/server/blobs/service";
import { newId } from "@/server/db/id";
import { valueBody, type NewEvent, type RecordedEvent } from "@/server/triggers/new-event";
import { noteRefusal } from "@/server/triggers/refusals";
import { authenticateMail, type Resolver } from "./authenticate";
import type { ReceivedMail, Recipient } from "./mail-server";
import { bodyOfMail, headersOfMail, parseMail } from "./read-mail";
import { putOff, unreadable } from "./reply";

const HOUR_SECONDS = 3_600;

/** Makes an event of a mail for each trigger that it is for, and that takes it in; durable for all of them when it resolves. */
export async function takeMail({ recipients, message, envelope }: ReceivedMail, { mta, record, resolver }: { mta: string; record(event: NewEvent): Promise<RecordedEvent>; resolver?: Resolver }): Promise<void> {
  const [mail, authentication] = await Promise.all([
    parseMail(message).catch(() => {
      for (const { endpoint } of recipients) noteRefusal(endpoint.id, "malformed");
      throw unreadable();
    }),
    authenticateMail(message, { ...envelope, mta }, resolver),
  ]);
  const { from, to, ip, helo, isEncrypted } = envelope;
  const meta = { envelope: { from, to }, client: { ip, helo, tls: isEncrypted }, authentication, size: message.length };
  let isTaken = false;
  for (const recipient of recipients) {
    const { status } = await record(await eventOf(recipient, mail, message, meta));
    // Disabled or paused between its address and its content.
    if (status === "refused") noteRefusal(recipient.endpoint.id, "closed");
    else isTaken = true;
  }
  // Which of both it is the sender hears at the address, when it tries again.
  if (!isTaken) throw putOff("The mail cannot be taken at present");
}

async function eventOf({ endpoint: { id: triggerId, workspaceId }, config, tag }: Recipient, mail: ParsedMail, message: Buffer, meta: Record<string, unknown>): Promise<NewEvent> {
  const id = newId();
  const keep = async (name: string, mediaType: string, data: Uint8Array) => {
    const { id: blobId, size } = await putBlob({ workspaceId, owner: { type: "trigger_event", id }, contentType: mediaType, name }, data);
    return { $file: { id: blobId, name, mediaType, size } };
  };
  return {
    id,
    trigger: { id: triggerId, workspaceId },
    dedupeKey: dedupeKeyOf(mail, message),
    dedupeWindowSeconds: config.sameForHours * HOUR_SECONDS,
    headers: headersOfMail(mail),
    ...valueBody(await bodyOfMail(mail, keep)),
    meta: { ...meta, tag },
  };
}

/** Hashed: ids of any length, which the sender chooses. A mail without one is known by its content. */
function dedupeKeyOf({ messageId }: ParsedMail, message: Buffer): string {
  const [type, said] = messageId === undefined || messageId === "" ? (["content", message] as const) : (["message", messageId] as const);
  return `${type} ${createHash("sha256").update(said).digest("hex")}`;
}
