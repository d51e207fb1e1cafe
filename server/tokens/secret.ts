import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;
const SHOWN_BEYOND_PREFIX = 6;

export interface FreshSecret {
  /** Shown this once. */
  text: string;
  /** First characters, to recognize it by. */
  shown: string;
  hash: Uint8Array<ArrayBuffer>;
}

export function freshSecret(prefix: string): FreshSecret {
  const text = `${prefix}${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  return { text, shown: text.slice(0, prefix.length + SHOWN_BEYOND_PREFIX), hash: hashOf(text) };
}

/** 256 random bits need no slow hash. */
export function hashOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(text).digest());
}

export function looksLike(prefix: string, text: string): boolean {
  return text.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(text.slice(prefix.length));
}
