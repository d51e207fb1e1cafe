import { z } from "zod";
import { type MasterKeySource, MasterKeyUnreadable } from "./port";

const KMS = "https://cloudkms.googleapis.com/v1";
/** Where Google's machines, pods and functions get a token of their service account. */
const METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token";
const TIMEOUT_MS = 10_000;

/** Signs in as the machine's service account does. `place`: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
export function gcpKmsSource(place: string, ciphertext: Uint8Array, { kms = KMS, metadata = METADATA } = {}): MasterKeySource {
  return {
    async read() {
      try {
        const { access_token } = z.object({ access_token: z.string() }).parse(await call(metadata, { headers: { "metadata-flavor": "Google" } }));
        const { plaintext } = z.object({ plaintext: z.string() }).parse(
          await call(`${kms}/${place}:decrypt`, {
            method: "POST",
            headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
            body: JSON.stringify({ ciphertext: Buffer.from(ciphertext).toString("base64") }),
          }),
        );
        return Buffer.from(plaintext, "base64");
      } catch (cause) {
        throw new MasterKeyUnreadable(`Google KMS: ${(cause as Error).message}`, { cause });
      }
    },
  };
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
  if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
  return answer.json();
}
