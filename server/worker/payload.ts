import { decodeValue } from "@/server/expressions/decoding";

/** A stored value: its text, and the decoded value once somebody has asked for it. Decoded values are shared: never change them. */
export class Payload {
  #decoded = false;
  #value: unknown = null;

  constructor(readonly text: string) {}

  get value(): unknown {
    if (!this.#decoded) {
      this.#value = decodeValue(this.text);
      this.#decoded = true;
    }
    return this.#value;
  }
}

export const NULL_PAYLOAD = new Payload("null");

/** The list of the payloads without decoding them; null stands for a missing one. */
export function listPayload(elements: readonly (Payload | null)[]): Payload {
  return new Payload(`[${elements.map((element) => element?.text ?? "null").join(",")}]`);
}

/** The object of the payloads by node id; ids need no escaping. */
export function objectPayload(entries: readonly (readonly [id: string, payload: Payload | null])[]): Payload {
  return new Payload(`{${entries.map(([id, payload]) => `"${id}":${payload?.text ?? "null"}`).join(",")}}`);
}
