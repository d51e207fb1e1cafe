import { HEAD_LENGTH, TextFinder } from "./text-finder";

/** Replaces the values of secrets wherever they could show: outputs, errors, logs, request logs. */
export interface Redactor {
  text(text: string): string;
  /** The same for any JSON-like value, keys included. Without a secret inside it is returned as it is. */
  value<Value>(value: Value): Value;
  /** Of a text that comes in pieces: what may be shown by now, and the end that may be the beginning of a value and belongs before the next piece. */
  piece(text: string): { text: string; rest: string };
}

/** Shorter values are replaced only where they stand alone: hiding every "a" would destroy the text and show the secret. */
const MIN_PART_LENGTH = HEAD_LENGTH;
/** Lines of keys and certificates are hidden one by one too, when they are long enough to be theirs alone. */
const MIN_LINE_LENGTH = 16;

export const NO_REDACTION: Redactor = { text: (text) => text, value: (value) => value, piece: (text) => ({ text, rest: "" }) };

/** A secret without a name shows as `[secret]`. */
export function createRedactor(secrets: Iterable<readonly [name: string, value: string]>): Redactor {
  const whole = new Map<string, string>();
  const parts = new Map<string, string>();
  for (const [name, value] of secrets) {
    if (value === "") continue;
    const replacement = name === "" ? "[secret]" : `[secret ${name}]`;
    whole.set(value, replacement);
    for (const form of formsOf(value)) if (form.length >= MIN_PART_LENGTH) parts.set(form, replacement);
  }
  if (whole.size === 0) return NO_REDACTION;
  const finder = new TextFinder(parts);
  const text = (source: string): string => whole.get(source) ?? finder.replaceIn(source);
  return { text, value: (value) => redactValue(value, text, whole) as typeof value, piece: (source) => finder.replaceBegun(source) };
}

/** The ways in which a value may be written by what carries it. */
function formsOf(value: string): Set<string> {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE_LENGTH);
  const forms = new Set<string>();
  for (const plain of [value, ...lines]) {
    forms.add(plain);
    const jsonEscaped = JSON.stringify(plain).slice(1, -1);
    forms.add(jsonEscaped);
    forms.add(JSON.stringify(jsonEscaped).slice(1, -1));
    for (const written of markupForms(plain, jsonEscaped)) forms.add(written);
    for (const encoded of percentForms(plain)) {
      forms.add(encoded);
      forms.add(encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()));
      // An address within an address.
      forms.add(encoded.replaceAll("%", "%25"));
    }
    const bytes = Buffer.from(plain, "utf8");
    forms.add(bytes.toString("hex"));
    forms.add(bytes.toString("hex").toUpperCase());
    for (const encoded of base64Forms(bytes)) forms.add(encoded);
    for (const wrapped of base64Lines(bytes)) forms.add(wrapped);
  }
  return forms;
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** As JSON is written by PHP (`\/`), Go and Rails (`\u0026`), and by pages that show what they got. */
function markupForms(plain: string, json: string): string[] {
  const slashed = json.replaceAll("/", "\\/");
  const tags = (text: string) => text.replace(/[<>&]/g, unicode);
  const page = ["&#39;", "&#039;", "&#x27;", "&apos;", "'"].map((quote) => plain.replace(/[&<>"']/g, (character) => HTML[character] ?? quote));
  const quotes = ["&#34;", "&#x22;"].map((quote) => plain.replace(/[&<>"']/g, (character) => (character === '"' ? quote : (HTML[character] ?? "&#39;"))));
  return [slashed, tags(json), tags(slashed), tags(json).replace(/'/g, unicode), ...page, ...quotes];
}

const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** As browsers write addresses, as RFC 3986 has it, and as forms are sent. */
function percentForms(text: string): string[] {
  // A lone surrogate has no percent-encoding; it becomes U+FFFD, as wherever text turns into bytes.
  const whole = Buffer.from(text, "utf8").toString("utf8");
  const encoded = encodeURIComponent(whole);
  const strict = encoded.replace(/[!'()*]/g, escaped);
  const form = new URLSearchParams({ v: whole }).toString().slice(2);
  return [encoded, encoded.replaceAll("%20", "+"), strict, strict.replaceAll("%20", "+"), form, form.replaceAll("+", "%20")];
}

const LINE_LENGTHS = [64, 76];
const LINE_ENDS = ["\n", "\r\n"];

/** Mail and key files break base64 into lines, and JSON writes the breaks as escapes. */
function base64Lines(bytes: Buffer): string[] {
  const encoded = bytes.toString("base64");
  return LINE_LENGTHS.filter((length) => encoded.length > length).flatMap((length) => {
    const lines = encoded.match(new RegExp(`.{1,${length}}`, "g")) ?? [];
    return LINE_ENDS.flatMap((end) => [lines.join(end), lines.join(JSON.stringify(end).slice(1, -1))]);
  });
}

/**
 * Base64 of the value alone, and the characters that it alone decides when it stands inside something longer
 * (`user:password`): these differ with its offset modulo three.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [bytes.toString("base64"), bytes.toString("base64url")];
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const first = Math.ceil((offset * 8) / 6);
    const end = Math.floor((padded.length * 8) / 6);
    forms.push(padded.toString("base64").slice(first, end), padded.toString("base64url").slice(first, end));
  }
  return forms;
}

function redactValue(value: unknown, text: (source: string) => string, whole: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return text(value);
  if (typeof value === "number" || typeof value === "bigint") return whole.get(String(value)) ?? value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactValue(item, text, whole));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  let changed = false;
  const entries = Object.entries(value).map(([key, item]) => {
    const redacted = [text(key), redactValue(item, text, whole)] as const;
    changed ||= redacted[0] !== key || redacted[1] !== item;
    return redacted;
  });
  return changed ? Object.fromEntries(entries) : value;
}
