import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { HttpClient, HttpRequest } from "./client";
import { createGuard, type Resolver } from "./guard";
import { createHttpClient } from "./send";

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<{ origin: string; port: number; server: Server; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => new Promise<void>((done) => {
    server.closeAllConnections();
    server.close(() => done());
  }));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, server, seen };
}

function client(options: { allow?: string[]; resolver?: Resolver; baseUrl?: string } = {}): HttpClient {
  const { allow = ["127.0.0.1"], baseUrl = "http://installation.invalid", resolver } = options;
  const made = createHttpClient({ guard: createGuard({ allow, ...(resolver ? { resolver } : {}) }), baseUrl });
  closers.push(() => made.close());
  return made;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "GET", url, headers: {}, timeoutMs: 60_000, maxResponseBytes: 1_000_000, maxRedirects: 5, ...more,
});

const resolvesTo = (...addresses: string[]): Resolver => (_host, answer) => answer(null, addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));

describe("send", () => {
  it("sends and reads", async () => {
    const { origin } = await serve((request, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]).setHeader("x-method", request.method ?? "");
      request.pipe(response);
    });
    const answer = await client().send(get(`${origin}/echo?x=1`, { method: "POST", body: "hello", headers: { "Content-Type": "text/plain" } }));
    expect(answer).toMatchObject({ status: 200, url: `${origin}/echo?x=1`, redirects: 0, setCookies: ["a=1", "b=2"], headers: { "x-method": "POST" } });
    expect(Buffer.from(answer.body).toString()).toBe("hello");
  });

  it.each([["gzip", gzipSync("plain")], ["br", brotliCompressSync("plain")], ["gzip, br", brotliCompressSync(gzipSync("plain"))]])("decompresses %s", async (encoding, body) => {
    const { origin } = await serve((_request, response) => response.setHeader("content-encoding", encoding).end(body));
    expect(Buffer.from((await client().send(get(origin))).body).toString()).toBe("plain");
  });

  it("stops a small answer that unpacks into a large one", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { origin } = await serve((_request, response) => response.setHeader("content-encoding", "gzip").end(bomb));
    await expect(client().send(get(origin))).rejects.toMatchObject({ code: "response_too_large" });
  });

  it("stops an endless answer", async () => {
    const { origin } = await serve((_request, response) => {
      const more = (): void => void (response.write(Buffer.alloc(65_536)) ? setImmediate(more) : response.once("drain", more));
      more();
    });
    await expect(client().send(get(origin))).rejects.toMatchObject({ code: "response_too_large" });
  });

  it("reports a broken encoding", async () => {
    const { origin } = await serve((_request, response) => response.setHeader("content-encoding", "gzip").end("no gzip"));
    await expect(client().send(get(origin))).rejects.toMatchObject({ code: "bad_encoding", retryable: false });
  });

  it("gives up after the time limit, whether headers or body are missing", async () => {
    const silent = await serve(() => undefined);
    await expect(client().send(get(silent.origin, { timeoutMs: 100 }))).rejects.toMatchObject({ code: "timeout", retryable: true });
    const halting = await serve((_request, response) => void response.write("begin"));
    await expect(client().send(get(halting.origin, { timeoutMs: 100 }))).rejects.toMatchObject({ code: "timeout" });
  });

  it("ends when the step is aborted", async () => {
    const { origin } = await serve(() => controller.abort());
    const controller = new AbortController();
    await expect(client().send(get(origin, { signal: controller.signal }))).rejects.toMatchObject({ code: "aborted" });
  });

  it("calls a refused connection a network failure", async () => {
    const { origin, server } = await serve(() => undefined);
    await new Promise((done) => server.close(done));
    await expect(client().send(get(origin))).rejects.toMatchObject({ code: "network", retryable: true });
  });

  it.each(["file:///etc/passwd", "gopher://x/", "nonsense", "http://user:secret@example.com/"])("does not call %s", async (url) => {
    await expect(client().send(get(url))).rejects.toMatchObject({ code: "invalid_url" });
  });
});

describe("redirects", () => {
  it("are followed up to the limit", async () => {
    const { origin } = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end("arrived");
    });
    expect(await client().send(get(`${origin}/3`))).toMatchObject({ redirects: 3, url: `${origin}/0` });
    await expect(client().send(get(`${origin}/9`))).rejects.toMatchObject({ code: "too_many_redirects" });
    expect(await client().send(get(`${origin}/9`, { maxRedirects: 0 }))).toMatchObject({ status: 302, redirects: 0 });
  });

  it("turn a POST into a GET where the standard says so, and keep it with 307", async () => {
    const { origin, seen } = await serve((request, response) => {
      const status = Number(request.url?.slice(1));
      if (status > 0) response.writeHead(status, { location: "/0" });
      request.resume().on("end", () => response.end());
    });
    for (const status of [301, 303, 307]) await client().send(get(`${origin}/${status}`, { method: "POST", body: "x" }));
    expect(seen.filter((request) => request.url === "/0").map((request) => request.method)).toEqual(["GET", "GET", "POST"]);
  });

  it("do not carry credentials to another origin", async () => {
    const other = await serve((_request, response) => response.end());
    const { origin, seen } = await serve((request, response) => response.writeHead(302, { location: request.url === "/" ? "/same" : other.origin }).end());
    const headers = { Authorization: "Bearer x", "X-Api-Key": "x", Accept: "text/html" };
    await client().send(get(`${origin}/`, { headers, confidentialHeaders: ["x-api-key"] }));
    expect(seen[1]?.headers).toMatchObject({ authorization: "Bearer x", "x-api-key": "x" });
    expect(other.seen[0]?.headers).toMatchObject({ accept: "text/html" });
    expect(other.seen[0]?.headers).not.toHaveProperty("authorization");
    expect(other.seen[0]?.headers).not.toHaveProperty("x-api-key");
  });

  it("to a private address are refused", async () => {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end());
    await expect(client().send(get(origin))).rejects.toMatchObject({ code: "blocked_address" });
    const names = await serve((_request, response) => response.writeHead(302, { location: "http://inner.example/" }).end());
    await expect(client({ resolver: resolvesTo("10.0.0.7") }).send(get(names.origin))).rejects.toMatchObject({ code: "blocked_address" });
  });
});

describe("the guard around every socket", () => {
  it.each(["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://2130706433:1/", "http://0x7f.1:1/", "http://[::ffff:127.0.0.1]:1/", "http://0:1/"])("refuses %s", async (url) => {
    await expect(client({ allow: [] }).send(get(url))).rejects.toMatchObject({ code: "blocked_address", retryable: false });
  });

  it("connects to the address that was judged, even if the name changes its mind", async () => {
    const { port, seen } = await serve((_request, response) => response.end("inside"));
    let asked = 0;
    const rebinding: Resolver = (_host, answer) => answer(null, [{ address: asked++ === 0 ? "203.0.113.1" : "127.0.0.1", family: 4 }]);
    const guarded = client({ allow: ["203.0.113.0/24"], resolver: rebinding });
    await expect(guarded.send(get(`http://rebinding.example:${port}/`, { timeoutMs: 300 }))).rejects.toMatchObject({ code: expect.stringMatching(/timeout|network/) as string });
    await expect(guarded.send(get(`http://rebinding.example:${port}/`))).rejects.toMatchObject({ code: "blocked_address" });
    expect(seen).toHaveLength(0);
  });

  it("ends an answer to an SDK that unpacks into too much", async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024), { level: 9 });
    const { origin } = await serve((_request, response) => response.setHeader("content-encoding", "gzip").end(bomb));
    const response = await client().fetch(origin);
    await expect(response.text()).rejects.toThrow(/larger than/);
    expect(response.url).toBe(`${origin}/`);
  });

  it("also stands around the fetch that SDKs use", async () => {
    const { origin } = await serve((request, response) => (request.url === "/away" ? response.writeHead(302, { location: "/" }).end() : response.end("ok")));
    const response = await client().fetch(origin);
    expect(await response.text()).toBe("ok");
    await expect(client({ allow: [] }).fetch(origin)).rejects.toThrow();
    await expect(client().fetch(`${origin}/away`)).rejects.toThrow();
  });
});

describe("the installation's own examples", () => {
  it("can be called, and nothing else of the installation", async () => {
    const { origin } = await serve((_request, response) => response.end("ok"));
    const guarded = client({ allow: [], baseUrl: origin });
    expect((await guarded.send(get(`${origin}/api/examples/orders`))).status).toBe(200);
    const others = ["/", "/api/v1/runs", "/api/examples", "/api/examples/../v1/runs", "/api/examples/%2e%2e/v1", "/api/examples/..%2fv1", "/api/examples/a%5c..%5cv1"];
    for (const path of others) await expect(guarded.send(get(origin + path))).rejects.toMatchObject({ code: "blocked_address" });
  });

  it("do not become a way out through a redirect", async () => {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location: "/api/v1/secrets" }).end());
    await expect(client({ allow: [], baseUrl: origin }).send(get(`${origin}/api/examples/x`))).rejects.toMatchObject({ code: "blocked_address" });
  });
});
