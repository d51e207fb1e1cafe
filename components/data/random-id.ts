const BYTES = 16;

/** Nobody else's. (`crypto.randomUUID` is there on secure origins only; an installation may be reached by plain http.) */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
