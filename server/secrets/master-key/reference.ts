import { awsKmsSource } from "./aws-kms";
import { gcpKmsSource } from "./gcp-kms";
import { MASTER_KEY_BYTES, type MasterKeySource, MasterKeyUnreadable } from "./port";

/**
 * How a key is named in the environment or in a line of the key file: its bytes in base64url, or those bytes as a KMS
 * encrypted them: `aws-kms:REGION:CIPHERTEXT`, `gcp-kms:projects/…/cryptoKeys/NAME:CIPHERTEXT`.
 */
export function isRemote(reference: string): boolean {
  return reference.startsWith("aws-kms:") || reference.startsWith("gcp-kms:");
}

export function plainKey(reference: string): Uint8Array {
  const key = Buffer.from(reference, "base64url");
  if (key.length !== MASTER_KEY_BYTES) throw new MasterKeyUnreadable(`it must be ${MASTER_KEY_BYTES} bytes in base64url`);
  return key;
}

export function remoteSource(reference: string): MasterKeySource {
  const [kind = "", ...rest] = reference.split(":");
  const ciphertext = Buffer.from(rest.pop() ?? "", "base64");
  const place = rest.join(":");
  if (place === "" || ciphertext.length === 0) throw new MasterKeyUnreadable(`${kind}: needs a place and what the KMS encrypted, separated by a colon`);
  return kind === "aws-kms" ? awsKmsSource(place, ciphertext) : gcpKmsSource(place, ciphertext);
}
