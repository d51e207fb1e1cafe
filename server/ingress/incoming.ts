/** What is read of a request, whoever serves it. */
export type Incoming = Pick<Request, "method" | "url" | "headers" | "signal"> & { body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null };
