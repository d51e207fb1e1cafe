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
  /** Lower-case names of headers that, like Authorization and Cookie, another origin must not see after a redirect. */
  confidentialHeaders?: readonly string[];
  signal?: AbortSignal;
  /** Carries a run's own token: the REST API of this installation may be called wherever it is. */
  isOwnCall?: boolean;
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
  /** Throws `HttpFailure`; an answer with any status is no failure. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** For SDKs that want a `fetch`: guarded the same way, redirects refused. */
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

export type HttpFailureCode =
  | "invalid_url"
  | "blocked_address"
  | "timeout"
  | "aborted"
  | "too_many_redirects"
  | "response_too_large"
  | "bad_encoding"
  | "too_many_pages"
  | "invalid_page"
  | "invalid_body"
  | "invalid_header"
  | "network";

/** Why there is no answer. */
export class HttpFailure extends Error {
  override name = "HttpFailure";

  constructor(
    readonly code: HttpFailureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get retryable(): boolean {
    return this.code === "timeout" || this.code === "network";
  }
}
