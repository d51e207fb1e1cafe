import { SsoRefused } from "./refusal";

const MAX_BYTES = 1_000_000;

/** The fields of the provider's form; reads no further than the limit. */
export async function readForm(request: Request): Promise<{ answer: string; relayState: string }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (request.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BYTES) throw new SsoRefused("sso_failed", `the answer is larger than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  const fields = new URLSearchParams(Buffer.concat(parts).toString("utf8"));
  const answer = fields.get("SAMLResponse");
  if (answer === null) throw new SsoRefused("sso_failed", "the form has no field SAMLResponse");
  return { answer, relayState: fields.get("RelayState") ?? "" };
}
