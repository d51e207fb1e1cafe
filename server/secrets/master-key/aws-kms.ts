import { type MasterKeySource, MasterKeyUnreadable } from "./port";

/** Signs in as the machine does: environment, profile, role of the instance or the pod. `place` is a region, or a region and `@` the address of another endpoint. */
export function awsKmsSource(place: string, ciphertext: Uint8Array): MasterKeySource {
  return {
    async read() {
      const [region = "", endpoint] = place.split("@");
      const { DecryptCommand, KMSClient } = await import("@aws-sdk/client-kms");
      const client = new KMSClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
      try {
        const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }));
        if (Plaintext === undefined) throw new MasterKeyUnreadable("AWS KMS answered without a key");
        return Plaintext;
      } catch (cause) {
        throw cause instanceof MasterKeyUnreadable ? cause : new MasterKeyUnreadable(`AWS KMS: ${(cause as Error).message}`, { cause });
      } finally {
        client.destroy();
      }
    },
  };
}
