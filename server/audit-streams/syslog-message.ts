import type { StreamedEvent } from "./events";

/** Facility 13 (log audit); severity 5 (notice), 4 (warning) for what was refused or went wrong. */
const NOTICE = 13 * 8 + 5;
const WARNING = 13 * 8 + 4;
const REFUSALS = /denied|failed|refused|locked/;
const MAX_SEQUENCE = 2_147_483_647;

interface Sender {
  host: string;
  version: string;
}

/** A message of RFC 5424; what it says is the event as JSON. */
export function syslogMessage(event: Pick<StreamedEvent, "seq" | "at" | "action">, sender: Sender): string {
  const priority = REFUSALS.test(event.action) ? WARNING : NOTICE;
  const data = `[origin software="Millrace" swVersion="${escapeParameter(sender.version)}"][meta sequenceId="${((event.seq - 1) % MAX_SEQUENCE) + 1}"]`;
  return `<${priority}>1 ${event.at} ${headerField(sender.host, 255)} millrace - ${headerField(event.action, 32)} ${data} ${JSON.stringify(event)}`;
}

/** RFC 6587 and RFC 5425: the length in octets before each message. */
export function frame(message: string): string {
  return `${Buffer.byteLength(message, "utf8")} ${message}`;
}

function headerField(text: string, most: number): string {
  const printable = text.replace(/[^\x21-\x7e]/g, "_").slice(0, most);
  return printable === "" ? "-" : printable;
}

function escapeParameter(text: string): string {
  return text.replace(/["\\\]]/g, "\\$&");
}
