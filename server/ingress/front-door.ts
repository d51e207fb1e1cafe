import type { IncomingMessage, ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { env } from "@/server/env";
import { inRequestSpan } from "@/server/telemetry/service";
import { handleHook } from "./handle-hook";
import { handleRoute } from "./handle-route";
import type { Incoming } from "./incoming";

const HOOK = /^\/api\/hooks\/([^/?#]+)\/?(?:\?|$)/;
const ROUTE = /^\/api\/r\//;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const COMPRESSED_FROM_BYTES = 1_024;
const LINGER_MS = 5_000;
const compress = promisify(gzip);

/**
 * Webhooks and routes of the built server, answered before the web framework sees them: its way to a handler costs more than
 * everything that the request is for. Null: the framework's.
 */
export function ingressOf(request: IncomingMessage): ((response: ServerResponse) => Promise<void>) | null {
  const { url = "", method = "" } = request;
  if (!METHODS.includes(method)) return null;
  const token = HOOK.exec(url)?.[1];
  if (token === undefined && !ROUTE.test(url)) return null;
  return async (response) => {
    const incoming = new ServedRequest(request, response);
    const [route, answer] = token === undefined ? ["/api/r", () => handleRoute(incoming)] as const : ["/api/hooks", () => handleHook(incoming, decoded(token))] as const;
    await send(await inRequestSpan({ method, route, traceparent: single(request.headers.traceparent) }, answer), request, response);
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

class ServedRequest implements Incoming {
  #headers: Headers | undefined;
  #gone: AbortController | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {}

  get method(): string {
    return this.request.method ?? "GET";
  }

  get url(): string {
    return `${new URL(env.MILLRACE_URL).origin}${this.request.url ?? "/"}`;
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.request));
  }

  get body(): AsyncIterable<Uint8Array> | null {
    const { headers } = this.request;
    return headers["content-length"] === undefined && headers["transfer-encoding"] === undefined ? null : partsOf(this.request);
  }

  /** Aborted when the caller has gone without waiting for the answer. */
  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      const gone = (this.#gone = new AbortController());
      this.response.once("close", () => !this.response.writableEnded && gone.abort());
    }
    return this.#gone.signal;
  }
}

/** Who stops reading still answers: without this the socket would be closed under the answer. What comes after it is passed over. */
function partsOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> };
}

function headersOf({ headers }: IncomingMessage): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all.set(name, Array.isArray(value) ? value.join(", ") : value);
  return all;
}

async function send(answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(answer.headers);
  if (answer.body === null) await end(Buffer.alloc(0), request, response.writeHead(answer.status, headers));
  else if (headers["content-type"]?.startsWith("text/event-stream") === true) await pass(answer.body, response.writeHead(answer.status, headers));
  else {
    const bytes = Buffer.from(await answer.arrayBuffer());
    const packed = bytes.length >= COMPRESSED_FROM_BYTES && /\bgzip\b/.test(String(request.headers["accept-encoding"])) ? await compress(bytes) : null;
    response.writeHead(answer.status, { ...headers, ...(packed === null ? {} : { "content-encoding": "gzip", vary: "accept-encoding" }), "content-length": (packed ?? bytes).length });
    await end(packed ?? bytes, request, response);
  }
}

/**
 * A connection closed while its other side still sends is reset, and the answer with it: so who is answered before all has been
 * read may go on sending for a while, and what comes is thrown away.
 */
async function end(bytes: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.complete) return void response.end(bytes);
  response.flushHeaders();
  response.write(bytes);
  await finished(request.resume(), { signal: AbortSignal.timeout(LINGER_MS) }).catch(() => {});
  response.end(() => !request.complete && request.destroy());
}

/** A stream without an end of its own ends when its reader has gone. */
async function pass(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  response.once("close", () => void reader.cancel().catch(() => {}));
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!response.write(part.value)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.once("drain", done).once("close", done);
  });
}
