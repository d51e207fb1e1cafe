import { request as dispatch, fetch as undiciFetch, Headers, Request, type Dispatcher } from "undici";
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from "./client";
import { createAgents, SDK_RESPONSE_BYTES, type Agents } from "./agents";
import { BlockedAddress, type Guard } from "./guard";
import { limitResponse } from "./limit-response";
import { tracedCall, tracedFetch } from "./traced-call";
import { ACCEPTED_ENCODINGS, readBody } from "./read-body";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const NEVER_FOR_OTHERS = ["authorization", "cookie", "proxy-authorization"];
const BODY_HEADERS = ["content-type", "content-length", "content-encoding", "content-language"];

export function createHttpClient(options: { guard: Guard; baseUrl: string }): HttpClient {
  const agents = createAgents(options.guard, options.baseUrl);
  const guardedFetch = (input: Parameters<typeof undiciFetch>[0], init?: Parameters<typeof undiciFetch>[1]) => {
    const asked = input instanceof Request ? input : { method: init?.method ?? "GET", url: String(input), headers: init?.headers };
    return tracedFetch({ method: asked.method, url: asked.url }, async (trace, ended) => {
      const headers = new Headers(init?.headers ?? asked.headers);
      for (const [name, value] of Object.entries(trace)) if (!headers.has(name)) headers.set(name, value);
      return limitResponse(await undiciFetch(input, { ...init, headers, dispatcher: agents.sdk, redirect: "error" }), SDK_RESPONSE_BYTES, ended);
    });
  };
  return {
    send: (request) => tracedCall(request, (traced) => send(agents, traced)),
    // The same interface twice: undici's own types and those of the platform.
    fetch: guardedFetch as unknown as typeof globalThis.fetch,
    close: () => agents.close(),
  };
}

interface Hop {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: HttpRequest["body"];
}

async function send(agents: Agents, request: HttpRequest): Promise<HttpResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  let hop: Hop = { method: request.method, url: parseUrl(request.url), headers: lowerCase(request.headers), body: request.body ?? null };
  try {
    for (let redirects = 0; ; redirects++) {
      const answer = await dispatch(hop.url, dispatchOptions(agents, hop, signal, request.isOwnCall === true));
      // A body that is not read to its end reports that on the stream, where nobody else listens.
      answer.body.on("error", () => undefined);
      const location = REDIRECTS.has(answer.statusCode) ? single(answer.headers.location) : undefined;
      if (location === undefined || request.maxRedirects === 0) return await finish(answer, hop.url, redirects, request);
      answer.body.destroy();
      if (redirects >= request.maxRedirects) throw new HttpFailure("too_many_redirects", `more than ${request.maxRedirects} redirects, the last to ${location}`);
      hop = follow(hop, location, answer.statusCode, request.confidentialHeaders ?? []);
    }
  } catch (error) {
    throw asFailure(error, request, deadline);
  }
}

function dispatchOptions(agents: Agents, hop: Hop, signal: AbortSignal, isOwnCall: boolean) {
  const method = hop.method as Dispatcher.HttpMethod;
  const headers = { "accept-encoding": ACCEPTED_ENCODINGS, accept: "*/*", "user-agent": "Millrace", ...hop.headers };
  return { dispatcher: agents.for(hop.url, isOwnCall), method, headers, body: hop.body ?? null, signal };
}

async function finish(answer: Dispatcher.ResponseData, url: URL, redirects: number, request: HttpRequest): Promise<HttpResponse> {
  const { "set-cookie": cookies, ...headers } = answer.headers;
  const declared = Number(single(headers["content-length"]));
  if (declared > request.maxResponseBytes && request.method !== "HEAD") {
    answer.body.destroy();
    throw new HttpFailure("response_too_large", `the answer is ${declared} bytes, larger than ${request.maxResponseBytes}`);
  }
  return {
    url: url.href,
    status: answer.statusCode,
    statusText: answer.statusText,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")])),
    setCookies: cookies === undefined ? [] : [cookies].flat(),
    body: await readBody(answer.body, request.method === "HEAD" ? "" : (single(headers["content-encoding"]) ?? ""), request.maxResponseBytes),
    redirects,
  };
}

/** The next request, as the Fetch standard says; another origin gets no credentials. */
function follow(hop: Hop, location: string, status: number, confidential: readonly string[]): Hop {
  const url = parseUrl(location, hop.url);
  const becomesGet = (status === 303 && hop.method !== "HEAD") || ((status === 301 || status === 302) && hop.method === "POST");
  const dropped = [
    ...(becomesGet ? BODY_HEADERS : []),
    ...(url.origin === hop.url.origin ? [] : [...NEVER_FOR_OTHERS, "host", ...confidential]),
  ];
  const headers = Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !dropped.includes(name)));
  return becomesGet ? { method: "GET", url, headers, body: null } : { ...hop, url, headers };
}

function parseUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new HttpFailure("invalid_url", `"${text.slice(0, 200)}" is no address`);
  const url = new URL(text, base?.href);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new HttpFailure("invalid_url", `only http and https addresses can be called, not ${url.protocol}`);
  if (url.username !== "" || url.password !== "") throw new HttpFailure("invalid_url", "the address holds a user name or password; put them into the credentials");
  return url;
}

function asFailure(error: unknown, { timeoutMs, signal }: HttpRequest, deadline: AbortSignal): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (signal?.aborted) return new HttpFailure("aborted", "the call was aborted", { cause: error });
  if (deadline.aborted) return new HttpFailure("timeout", `no complete answer after ${timeoutMs} ms`, { cause: error });
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BlockedAddress) return new HttpFailure("blocked_address", cause.message, { cause: error });
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new HttpFailure("network", message, { cause: error });
}

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
