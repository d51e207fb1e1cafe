import { z } from "zod";
import { type MasterSealedPlace, openForPerson, sealForPerson } from "@/server/secrets/service";

/** What a stream must not show: the key that signs, the value of the extra header. */
const streamSecretsSchema = z.object({ signingSecret: z.string().optional(), headerValue: z.string().optional() });
export type StreamSecrets = z.output<typeof streamSecretsSchema>;

export interface SealedColumns {
  sealed: Uint8Array | null;
  masterKeyId: string | null;
}

const bindingOf = (streamId: string) => `audit stream ${streamId}`;

export const SEALED_STREAMS: MasterSealedPlace = { table: "audit_stream", id: "id", sealed: "sealed", binding: ({ id }) => bindingOf(id) };

/** Streams belong to no workspace, so no data key stands between. */
export function sealStreamSecrets(streamId: string, secrets: StreamSecrets): SealedColumns {
  if (Object.values(secrets).every((value) => value === undefined)) return { sealed: null, masterKeyId: null };
  return sealForPerson(Buffer.from(JSON.stringify(secrets), "utf8"), bindingOf(streamId));
}

export function openStreamSecrets(streamId: string, { sealed, masterKeyId }: SealedColumns): StreamSecrets {
  if (sealed === null || masterKeyId === null) return {};
  return streamSecretsSchema.parse(JSON.parse(openForPerson({ sealed, masterKeyId }, bindingOf(streamId)).toString("utf8")));
}
