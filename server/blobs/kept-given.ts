import { createHash } from "node:crypto";
import { v5 } from "uuid";
import { env } from "@/server/env";
import { encodeBlobReference, headOf } from "@/server/expressions/encoding";
import type { BlobReference, NewBlob } from "./contract";
import { usedAgain } from "./queries";

const NAMESPACE = "0c8b6b0e-63f3-5b57-8d34-9f3c3c1f2a6d";

interface Given {
  id: string;
  workspaceId: string;
  input: string;
  trigger: string | null;
}

type Put = (blob: NewBlob & { id: string }, text: string) => Promise<BlobReference>;

/**
 * What a run is given, as its row keeps it: what is too large for that lies in the blob store, and the beginning of an input, by which runs are found, beside
 * the reference. What is given to the same run again is the same blob: a start may be prepared many times. One that comes to nothing leaves
 * its blob to the sweep. Not in a transaction: a blob has its own.
 */
export async function keepGiven<Run extends Given>(run: Run, put: Put): Promise<Run> {
  const kept = async (text: string, isSearched: boolean): Promise<string> => {
    // A UTF-16 unit is at most three bytes of UTF-8: most texts need not be measured.
    if (text.length * 3 <= env.PAYLOAD_INLINE_MAX_BYTES || Buffer.byteLength(text) <= env.PAYLOAD_INLINE_MAX_BYTES) return text;
    const { id: runId, workspaceId } = run;
    const id = v5(`${runId} ${createHash("sha256").update(text).digest("hex")}`, NAMESPACE);
    const size = await usedAgain({ workspaceId, blobId: id });
    const reference = size === null ? await put({ id, workspaceId, owner: { type: "run", id: runId }, contentType: "application/json" }, text) : { id, size };
    return encodeBlobReference(reference, isSearched ? headOf(text, env.PAYLOAD_INLINE_MAX_BYTES) : undefined);
  };
  return { ...run, input: await kept(run.input, true), trigger: run.trigger === null ? null : await kept(run.trigger, false) };
}
