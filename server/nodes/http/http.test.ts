import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readPages } from "@/server/nodes/http/pages";
import { createStepBench, type StepBench, type StepOptions } from "@/server/nodes/testing/step";
import { json, startLocalServer, type Answer, type LocalServer } from "@/server/nodes/testing/local-server";

let bench: StepBench;
let server: LocalServer;
let answer: Answer;

beforeAll(async () => {
  server = await startLocalServer((request, response) => answer(request, response));
  bench = createStepBench({ allow: ["127.0.0.1"] });
  Object.assign(bench.secrets, { TOKEN: "t0ps3cret", USER: "ann" });
});
afterAll(() => Promise.all([bench.close(), server.close()]));
beforeEach(() => {
  server.seen.length = 0;
  answer = (_request, response) => json(response, { ok: true });
});

const run = (config: Record<string, unknown>, options: StepOptions = {}) => bench.run("http", { url: `${server.origin}/`, ...config }, options);

describe("the request", () => {
  it("carries query, headers and the idempotency key", async () => {
    const config = { url: `${server.origin}/a?x=1`, query: { y: ["{{ 2 }}", 3], z: null, w: { a: 1 } }, headers: { "X-A": "b" }, idempotencyHeader: "Idempotency-Key" };
    expect(await run(config)).toMatchObject({ type: "succeeded", output: { status: 200, body: { ok: true } } });
    expect(server.seen[0]).toMatchObject({ method: "GET", url: "/a?x=1&y=2&y=3&w=%7B%22a%22%3A1%7D", headers: { "x-a": "b", "idempotency-key": "run:step" } });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["json", { type: "json", value: { a: "{{ 1 }}" } }, '{"a":1}', "application/json"],
    ["form", { type: "form", fields: { a: "1 2", b: "{{ true }}" } }, "a=1+2&b=true", "application/x-www-form-urlencoded"],
    ["text", { type: "text", text: "<a/>", contentType: "application/xml" }, "<a/>", "application/xml"],
  ])("has a body of kind %s", async (_name, body, text, contentType) => {
    await run({ method: "POST", body });
    expect(server.seen[0]).toMatchObject({ method: "POST", body: text, headers: { "content-type": contentType } });
  });

  it("has a multipart body with files", async () => {
    bench.files.set("f", Buffer.from("bytes"));
    const files = { "up\"load": { $file: { id: "f", name: "a.txt", mediaType: "text/plain", size: 5 } } };
    await run({ method: "POST", body: { type: "multipart", fields: { a: "b" }, files } });
    const { body, headers } = server.seen[0]!;
    expect(headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toContain('name="a"\r\n\r\nb\r\n');
    expect(body).toContain('name="up%22load"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nbytes\r\n');
    expect(await run({ method: "POST", body: { type: "multipart", files: { a: "no file" } } })).toMatchObject({ type: "failed", error: { code: "http_invalid_body" } });
  });

  it.each<[string, Record<string, unknown>, (seen: LocalServer["seen"][0]) => unknown, unknown]>([
    ["bearer", { type: "bearer", token: "{{ secrets.TOKEN }}" }, (seen) => seen.headers.authorization, "Bearer t0ps3cret"],
    ["basic", { type: "basic", username: "{{ secrets.USER }}", password: "{{ secrets.TOKEN }}" }, (seen) => seen.headers.authorization, `Basic ${Buffer.from("ann:t0ps3cret").toString("base64")}`],
    ["header", { type: "header", name: "X-Key", value: "k {{ secrets.TOKEN }}" }, (seen) => seen.headers["x-key"], "k t0ps3cret"],
    ["query", { type: "query", name: "key", value: "{{ secrets.TOKEN }}" }, (seen) => seen.url, "/?key=t0ps3cret"],
  ])("authenticates by %s", async (_name, auth, read, expected) => {
    await run({ auth });
    expect(read(server.seen[0]!)).toBe(expected);
  });

  it("does not take a text from outside for a secret", async () => {
    await run({ headers: { "x-a": "{{ input }}" } }, { scope: { input: "{{ secrets.TOKEN }}" } });
    expect(server.seen[0]?.headers["x-a"]).toBe("{{ secrets.TOKEN }}");
  });

  it.each([["a\nb"], ["a\r\nX: y"]])("refuses the header value %j", async (value) => {
    expect(await run({ headers: { "x-a": "{{ input }}" } }, { scope: { input: value } })).toMatchObject({ type: "failed", retryable: false, error: { code: "http_invalid_header" } });
  });
});

describe("the answer", () => {
  const sends = (body: string | Buffer, headers: Record<string, string> = {}): void => {
    answer = (_request, response) => response.writeHead(200, headers).end(body);
  };

  it.each<[string, string, Record<string, string>, Record<string, unknown>, unknown]>([
    ["JSON by its type", '{"a":1}', { "content-type": "application/vnd.api+json" }, {}, { a: 1 }],
    ["text by its type", "a,b", { "content-type": "text/csv; charset=utf-8" }, {}, "a,b"],
    ["text without a type", "x", {}, {}, "x"],
    ["JSON as text", "[1]", { "content-type": "application/json" }, { parse: "text" }, "[1]"],
    ["text as JSON", "[1]", { "content-type": "text/plain" }, { parse: "json" }, [1]],
    ["nothing", "", { "content-type": "application/json" }, {}, null],
  ])("is read: %s", async (_name, body, headers, config, expected) => {
    sends(body, headers);
    expect(await run(config)).toMatchObject({ type: "succeeded", output: { body: expected } });
  });

  it("becomes a file when it is binary", async () => {
    sends(Buffer.from([0, 1, 2]), { "content-type": "image/png", "content-disposition": "attachment; filename=\"../../pic.png\"" });
    const result = await run({});
    expect(result).toMatchObject({ type: "succeeded", output: { body: { $file: { name: "pic.png", mediaType: "image/png", size: 3 } } } });
    const { output } = result as { output: { body: { $file: { id: string } } } };
    expect(bench.files.get(output.body.$file.id)).toEqual(Buffer.from([0, 1, 2]));
  });

  it("that is no JSON fails the step", async () => {
    sends("<html>", { "content-type": "text/html" });
    expect(await run({ parse: "json" })).toMatchObject({ type: "failed", retryable: false, error: { code: "unreadable_response" } });
  });

  it.each<[number, Record<string, unknown>, string, boolean | null]>([
    [200, {}, "succeeded", null],
    [204, {}, "succeeded", null],
    [404, {}, "failed", false],
    [429, {}, "failed", true],
    [503, {}, "failed", true],
    [404, { expectedStatus: ["2xx", "404"] }, "succeeded", null],
    [200, { expectedStatus: ["201"] }, "failed", false],
  ])("with status %i and %j: %s", async (status, config, type, retryable) => {
    answer = (_request, response) => json(response, status === 204 ? undefined : { why: "x" }, status);
    expect(await run(config)).toMatchObject({ type, ...(retryable === null ? {} : { retryable }) });
  });

  it("of an error is in its details, with the time to wait", async () => {
    answer = (_request, response) => response.writeHead(429, { "content-type": "application/json", "retry-after": "7" }).end('{"why":"slow down"}');
    expect(await run({ url: `${server.origin}/a?secret=1` })).toMatchObject({
      error: { code: "http_status", message: `${server.origin}/a answered with status 429`, details: { status: 429, body: { why: "slow down" }, retryAfterSeconds: 7 } },
      retryAfterSeconds: 7,
    });
  });

  it.each([
    ["a private address", { url: "http://10.0.0.1/" }, "blocked_address", false],
    ["no address", { url: "{{ 'nonsense' }}" }, "http_invalid_url", false],
    ["a large answer", { maxResponseMb: 0.00001 }, "http_response_too_large", false],
  ])("cannot come from %s", async (_name, config, code, retryable) => {
    answer = (_request, response) => response.end("x".repeat(1_000));
    expect(await run(config)).toMatchObject({ type: "failed", retryable, error: { code } });
  });

  it("is waited for no longer than the limit", async () => {
    answer = () => undefined;
    expect(await run({ timeoutSeconds: 0.1 })).toMatchObject({ type: "failed", retryable: true, error: { code: "http_timeout" } });
  });

  it("is not waited for when the step is cancelled", async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    await expect(run({}, { signal: controller.signal })).rejects.toThrow("aborted");
  });
});

describe("pagination", () => {
  const LAST = 4;
  beforeEach(() => {
    answer = (request, response) => {
      const page = Number(new URL(request.url, server.origin).searchParams.get("page") ?? 1);
      json(response, { items: [page * 10, page * 10 + 1], next: page < LAST ? `/?page=${page + 1}` : null, more: page < LAST });
    };
  });
  const items = "{{ response.body.items }}";

  it("follows addresses, also relative ones", async () => {
    expect(await run({ pagination: { next: "{{ response.body.next }}", items } })).toEqual({
      type: "succeeded", output: { items: [10, 11, 20, 21, 30, 31, 40, 41], pages: 4, complete: true },
    });
  });

  it("counts pages until a condition holds", async () => {
    const pagination = { next: { query: { page: "{{ page + 1 }}" } }, until: "{{ !response.body.more }}", items };
    expect(await run({ query: { size: 2 }, pagination })).toMatchObject({ output: { pages: 4, complete: true } });
    expect(server.seen.map(({ url }) => url)).toEqual(["/?size=2", "/?size=2&page=2", "/?size=2&page=3", "/?size=2&page=4"]);
  });

  it("does not stop silently at the cap", async () => {
    const pagination = { next: "{{ response.body.next }}", items, maxPages: 2 };
    expect(await run({ pagination })).toMatchObject({ type: "failed", retryable: false, error: { code: "http_too_many_pages" } });
    expect(await run({ pagination: { ...pagination, onCap: "stop" } })).toMatchObject({ output: { items: [10, 11, 20, 21], pages: 2, complete: false } });
    expect(await run({ pagination: { ...pagination, maxPages: LAST } })).toMatchObject({ output: { pages: 4, complete: true } });
  });

  it("takes pages of many items", async () => {
    answer = (_request, response) => json(response, { items: Array.from({ length: 200_000 }, (_, at) => at) });
    const result = await run({ pagination: { next: null, items } });
    expect(result).toMatchObject({ type: "succeeded", output: { pages: 1, complete: true } });
    expect((result as { output: { items: unknown[] } }).output.items).toHaveLength(200_000);
  });

  it("does not collect more than fits, and says so", async () => {
    const page = (at: number) => ({ status: 200, headers: {}, url: `${server.origin}/${at}`, body: { items: ["x".repeat(400)], next: `/${at + 1}` } });
    const read = (onCap: "fail" | "stop") => {
      let calls = 0;
      const evaluate = (name: string, { response }: { response: { body: Record<string, unknown> } }) => Promise.resolve(response.body[name]);
      const ctx = { evaluate, progress: () => {} } as unknown as Parameters<typeof readPages>[0];
      return readPages(ctx, { next: "next", items: "items", maxPages: 10, onCap }, () => Promise.resolve(page(calls++)), 1_000);
    };
    await expect(read("fail")).rejects.toMatchObject({ code: "response_too_large" });
    expect(await read("stop")).toMatchObject({ items: ["x".repeat(400), "x".repeat(400)], pages: 2, complete: false });
  });

  it("takes whole bodies without items", async () => {
    expect(await run({ pagination: { next: null } })).toMatchObject({ output: { items: [{ more: true }], pages: 1 } });
  });

  it("does not carry credentials where an answer points to", async () => {
    const other = await startLocalServer((_request, response) => json(response, { items: [] }));
    answer = (_request, response) => json(response, { items: [1], next: `${other.origin}/steal` });
    const pagination = { next: "{{ response.body.next }}", items };
    expect(await run({ auth: { type: "bearer", token: "{{ secrets.TOKEN }}" }, pagination })).toMatchObject({ type: "failed", error: { code: "http_invalid_page" } });
    expect(other.seen).toHaveLength(0);
    expect(await run({ pagination })).toMatchObject({ type: "succeeded", output: { items: [1] } });
    await other.close();
  });
});
