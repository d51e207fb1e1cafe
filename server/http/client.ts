/** One outbound HTTP call, made through the guard. Redirects are followed by hand: each hop is checked anew. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array | string | null;
  /** Whole call, redirects and body included. */
  timeoutMs: number;
  maxResponseBytes: number;
  /** 0: a redirect is an answer like any other. */
  maxRedirects: number;
  signal?: AbortSignal;
}

export interface HttpResponse {
  /** Where the answer came from, after redirects. */
  url: string;
  status: number;
  statusText: string;
  /** Lower-case names; repeated headers joined by ", ". */
  headers: Record<string, string>;
  setCookies: string[];
  /** Decompressed. */
  body: Uint8Array;
  redirects: number;
}

export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** For SDKs that want a `fetch`: guarded the same way, redirects refused. */
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}
