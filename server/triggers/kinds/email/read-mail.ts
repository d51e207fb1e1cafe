import type { AddressObject, Attachment, EmailAddress, ParsedMail } from "mailparser";

export interface Person {
  name: string;
  address: string;
}

/** A mail as a workflow reads it, `trigger.body`; attachments are files. */
export interface MailBody {
  subject: string;
  from: Person | null;
  to: Person[];
  cc: Person[];
  replyTo: Person[];
  date: string | null;
  messageId: string | null;
  inReplyTo: string | null;
  references: string[];
  /** Made from the HTML when the mail has no text. */
  text: string;
  html: string | null;
  attachments: { name: string; contentType: string; size: number; contentId: string | null; inline: boolean; file: unknown }[];
}

export type KeepFile = (name: string, mediaType: string, data: Uint8Array) => Promise<unknown>;

/** Longer HTML is kept, but no text is made of it. */
const HTML_TO_TEXT_CHARACTERS = 1_000_000;

export async function parseMail(message: Buffer): Promise<ParsedMail> {
  const { simpleParser } = await import("mailparser");
  return simpleParser(message, { skipImageLinks: true, skipTextToHtml: true, keepCidLinks: true, maxHtmlLengthToParse: HTML_TO_TEXT_CHARACTERS });
}

export async function bodyOfMail(mail: ParsedMail, keep: KeepFile): Promise<MailBody> {
  const attachments: MailBody["attachments"] = [];
  for (const attachment of mail.attachments) attachments.push(await keptAttachment(attachment, keep));
  const { date } = mail;
  return {
    subject: mail.subject ?? "",
    from: people(mail.from)[0] ?? null,
    to: people(mail.to),
    cc: people(mail.cc),
    replyTo: people(mail.replyTo),
    date: date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString(),
    messageId: mail.messageId ?? null,
    inReplyTo: mail.inReplyTo ?? null,
    references: [mail.references ?? []].flat(),
    text: mail.text ?? "",
    html: typeof mail.html === "string" ? mail.html : null,
    attachments,
  };
}

async function keptAttachment({ filename, contentType, content, size, cid, related, contentDisposition }: Attachment, keep: KeepFile): Promise<MailBody["attachments"][number]> {
  const name = filename === undefined || filename === "" ? "attachment" : filename;
  return { name, contentType, size, contentId: cid ?? null, inline: related || contentDisposition === "inline", file: await keep(name, contentType, content) };
}

/** Groups become their members. */
function people(addresses: AddressObject | AddressObject[] | undefined): Person[] {
  const flat = ({ name, address, group }: EmailAddress): Person[] => (group === undefined ? [{ name, address: address ?? "" }] : group.flatMap(flat));
  return [addresses ?? []].flat().flatMap(({ value }) => value.flatMap(flat));
}

/** As they came, unfolded; a header that occurs several times has its values on lines of their own. */
export function headersOfMail({ headerLines }: ParsedMail): Record<string, string> {
  const headers = new Map<string, string>();
  for (const { key, line } of headerLines) {
    const value = line.slice(line.indexOf(":") + 1).replace(/\r?\n[ \t]+/g, " ").trim();
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : `${earlier}\n${value}`);
  }
  return Object.fromEntries(headers);
}
