/** A stored value that is too large for its column: what the column holds in its place. Steps never see it. */
export interface BlobReference {
  id: string;
  size: number;
}

export interface BlobInfo {
  id: string;
  workspaceId: string;
  size: number;
  contentType: string;
  name: string | null;
  createdAt: Date;
}

/** What a blob belongs to: it goes when that goes. */
export interface BlobOwner {
  type: "run" | "workflow" | "workspace" | "trigger_event";
  id: string;
}

export interface NewBlob {
  workspaceId: string;
  /** Without an owner it is swept after a day. */
  owner?: BlobOwner;
  contentType?: string;
  name?: string;
  /** More than this fails with `too_large`, and nothing is kept. */
  maxBytes?: number;
}

/** Where one blob's bytes are. */
export interface BlobPlace {
  readonly workspaceId: string;
  readonly blobId: string;
}

/** Keeps bytes and nothing else; what a blob is, and whose, is in the table `blob`. One conformance suite runs against each. */
export interface BlobContent {
  /** Durable when it resolves. A second write to a place replaces the first. */
  write(place: BlobPlace, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Fails while it is read when the content is not there or not whole. */
  read(place: BlobPlace, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Also of places that hold nothing. */
  remove(places: readonly BlobPlace[]): Promise<void>;
}

/** The store of the bytes takes and gives nothing just now: it is away, is full or refuses us. The same may succeed later. */
export class BlobStoreUnavailable extends Error {
  override name = "BlobStoreUnavailable";

  constructor(store: BlobStoreName, cause: unknown) {
    super(`the blob store (${store}) is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export const BLOB_STORES = ["postgres", "file", "s3"] as const;
export type BlobStoreName = (typeof BLOB_STORES)[number];

export interface S3Place {
  bucket: string;
  /** Empty, or ends with a slash. */
  prefix: string;
  region: string;
  /** Of servers other than Amazon's, asked by path rather than by host name. */
  endpoint?: string;
}

const SETTINGS = ["region", "endpoint"];

/** `s3://bucket/prefix?region=…&endpoint=https://…` as its parts; null: it is none. */
export function readS3Url(text: string): S3Place | null {
  if (!text.startsWith("s3://") || !URL.canParse(text)) return null;
  const { hostname: bucket, pathname, searchParams, username, hash } = new URL(text);
  const endpoint = searchParams.get("endpoint");
  const isWrong = bucket === "" || username !== "" || hash !== "" || [...searchParams.keys()].some((key) => !SETTINGS.includes(key));
  if (isWrong || (endpoint !== null && !/^https?:\/\//.test(endpoint))) return null;
  const folder = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, "");
  return { bucket, prefix: folder === "" ? "" : `${folder}/`, region: searchParams.get("region") ?? "us-east-1", ...(endpoint === null ? {} : { endpoint }) };
}
