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
