import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** AES-256-GCM: format byte, nonce, ciphertext, tag. `binding` is authenticated: what is sealed for one place opens in no other. */
const FORMAT = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type Sealed = Uint8Array<ArrayBuffer>;

export class SealBroken extends Error {
  constructor(what: string, options?: { cause?: unknown }) {
    super(`${what} does not open: wrong key, or it was altered`, options);
    this.name = "SealBroken";
  }
}

export function newKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

export function seal(key: Uint8Array, plain: Uint8Array, binding: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(binding));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return new Uint8Array(Buffer.concat([Buffer.of(FORMAT), nonce, body, cipher.getAuthTag()]));
}

export function open(key: Uint8Array, sealed: Uint8Array, binding: string): Buffer {
  const bodyStart = 1 + NONCE_BYTES;
  if (sealed[0] !== FORMAT || sealed.length < bodyStart + TAG_BYTES) throw new SealBroken(binding);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, bodyStart), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(binding));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(bodyStart, sealed.length - TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new SealBroken(binding, { cause });
  }
}
