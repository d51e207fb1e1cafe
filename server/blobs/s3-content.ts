import { addAbortSignal, Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { BlobContent, BlobPlace, S3Place } from "./contract";
import { inPieces } from "./pieces";

/** The least that S3 takes as a part of an upload in parts. */
const PART_BYTES = 5 * 1024 * 1024;

/** One object per blob in a bucket that all processes reach. Credentials come from where the SDK looks for them: variables, files, the machine's role. */
export function s3Content(place: S3Place): BlobContent {
  const { bucket: Bucket } = place;
  const keyOf = ({ workspaceId, blobId }: BlobPlace): string => `${place.prefix}${workspaceId}/${blobId}`;
  return {
    async write(blob, chunks) {
      const [client, { Upload }] = await Promise.all([clientOf(place), import("@aws-sdk/lib-storage")]);
      const Body = Readable.from(inPieces(chunks, PART_BYTES));
      await new Upload({ client, params: { Bucket, Key: keyOf(blob), Body }, partSize: PART_BYTES, queueSize: 2 }).done();
    },

    async *read(blob, signal) {
      const [client, { GetObjectCommand }] = await Promise.all([clientOf(place), import("@aws-sdk/client-s3")]);
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(blob) }), signal === undefined ? {} : { abortSignal: signal });
      yield* signal === undefined ? (Body as Readable) : addAbortSignal(signal, Body as Readable);
    },

    async remove(blobs) {
      if (blobs.length === 0) return;
      const [client, { DeleteObjectsCommand }] = await Promise.all([clientOf(place), import("@aws-sdk/client-s3")]);
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: blobs.map((blob) => ({ Key: keyOf(blob) })) } }));
      const [first] = Errors;
      if (first !== undefined) throw new Error(`${Errors.length} objects of ${Bucket} could not be removed; the first, ${first.Key ?? ""}: ${first.Message ?? first.Code ?? ""}`);
    },
  };
}

const clients = new Map<string, Promise<S3Client>>();

function clientOf({ region, endpoint }: S3Place): Promise<S3Client> {
  const key = JSON.stringify([region, endpoint]);
  const known = clients.get(key) ?? open(region, endpoint);
  clients.set(key, known);
  return known;
}

async function open(region: string, endpoint: string | undefined): Promise<S3Client> {
  const { S3Client: Client } = await import("@aws-sdk/client-s3");
  // Checksums that were added later are unknown to other servers; TLS and the blob's own SHA-256 stand for them.
  return new Client({ region, ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }), requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" });
}
