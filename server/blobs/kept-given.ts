import { createHash } from "node:crypto";
import { v5, validate as isUuid } from "uuid";
import { env } from "@/server/env";
import { type BesideReference, encodeBlobReference, headOf } from "@/server/expressions/encoding";
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

const MOST_IN_CHAIN = 1_000;

/**
 * What a run is given, as its row keeps it: what is too large for that lies in the blob store, and the beginning of an input, by which runs are found, beside
 * the reference, or the workflows that led to what started it. What is given to the same run again is the same blob: a start may be prepared many times. One that comes to nothing leaves
 * its blob to the sweep. Not in a transaction: a blob has its own.
 */
export async function keepGiven<Run extends Given>(run: Run, put: Put): Promise<Run> {
  const kept = async (text: string, beside: (text: string) => BesideReference): Promise<string> => {
    // A UTF-16 unit is at most three bytes of UTF-8: most texts need not be measured.
    if (text.length * 3 <= env.PAYLOAD_INLINE_MAX_BYTES || Buffer.byteLength(text) <= env.PAYLOAD_INLINE_MAX_BYTES) return text;
    const { id: runId, workspaceId } = run;
    const id = v5(`${runId} ${createHash("sha256").update(text).digest("hex")}`, NAMESPACE);
    const size = await usedAgain({ workspaceId, blobId: id });
    const reference = size === null ? await put({ id, workspaceId, owner: { type: "run", id: runId }, contentType: "application/json" }, text) : { id, size };
    return encodeBlobReference(reference, beside(text));
  };
  return { ...run, input: await kept(run.input, (text) => ({ head: headOf(text, env.PAYLOAD_INLINE_MAX_BYTES) })), trigger: run.trigger === null ? null : await kept(run.trigger, chainOf) };
}

/** Read of the row by what must not start again what led to it. */
function chainOf(text: string): BesideReference {
  const value = JSON.parse(text) as { chain?: unknown } | null;
  const chain = typeof value === "object" && Array.isArray(value?.chain) ? value.chain.filter((id): id is string => typeof id === "string" && isUuid(id)) : [];
  return chain.length === 0 ? {} : { chain: chain.slice(-MOST_IN_CHAIN) };
}
