import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LlmProvider } from "@/server/llm/adapter";
import { sampleOf } from "@/server/llm/sample";
import { json, startLocalServer, type Answer, type LocalServer } from "@/server/nodes/testing/local-server";
import { createStepBench, type StepBench, type StepOptions } from "@/server/nodes/testing/step";
import { validateAgainst } from "@/server/schema/validate-json";

let bench: StepBench;
let server: LocalServer;
let answer: Answer;

beforeAll(async () => {
  server = await startLocalServer((request, response) => answer(request, response));
  bench = createStepBench({ allow: ["127.0.0.1"] });
  bench.secrets.KEY = "sk-very-secret";
});
afterAll(() => Promise.all([bench.close(), server.close()]));
beforeEach(() => {
  for (const list of [server.seen, bench.logs, bench.streamed, bench.requests]) list.length = 0;
});

const run = (config: Record<string, unknown>, options: StepOptions = {}) => bench.run("llm", { prompt: "Hello there", ...config }, options);
const schema = { type: "object", required: ["category"], properties: { category: { enum: ["a", "b"] } }, additionalProperties: false };

describe("the mock adapter", () => {
  it("echoes, streams and counts", async () => {
    expect(await run({ system: "Be brief" })).toEqual({
      type: "succeeded",
      output: { text: "Echo: Hello there", value: null, model: "mock", adapter: "mock", usage: { inputTokens: 5, outputTokens: 5 }, cost: null, finishReason: "stop" },
    });
    expect(bench.streamed.join("")).toBe("Echo: Hello there");
    expect(bench.streamed.length).toBeGreaterThan(1);
    expect(bench.requests).toMatchObject([{ provider: "mock", model: "mock", status: "succeeded", request: { system: "Be brief", messages: [{ role: "user", content: "Hello there" }] }, response: { text: "Echo: Hello there" } }]);
  });

  it("answers in the shape of the schema", async () => {
    expect(await run({ outputSchema: schema })).toMatchObject({ type: "succeeded", output: { value: { category: "a" } } });
  });

  it("follows its script, one reply for each attempt", async () => {
    const config = { mockReplies: ["first", "second"] };
    expect(await run(config)).toMatchObject({ output: { text: "first" } });
    expect(await run(config, { attempt: 2 })).toMatchObject({ output: { text: "second" } });
    expect(await run(config, { attempt: 9 })).toMatchObject({ output: { text: "second" } });
  });

  it("is told what is wrong with its JSON", async () => {
    const mockReplies = ["no JSON at all", { category: "c" }, '```json\n{"category":"b"}\n```'];
    expect(await run({ outputSchema: schema, mockReplies })).toMatchObject({ type: "succeeded", output: { value: { category: "b" } } });
    expect(bench.requests).toHaveLength(3);
    expect(JSON.stringify(bench.requests[2]?.request)).toContain("/category");
    expect(bench.logs.map(({ level }) => level)).toEqual(["warn", "warn"]);
  });

  it("fails when repairs do not help", async () => {
    const config = { outputSchema: schema, mockReplies: ["still wrong"], repairAttempts: 1 };
    expect(await run(config)).toMatchObject({ type: "failed", retryable: true, error: { code: "llm_invalid_answer", details: { text: "still wrong" } } });
    expect(bench.requests).toHaveLength(2);
  });
});

describe("adapters", () => {
  it("have to exist, with settings that fit", async () => {
    expect(await run({ adapter: "nobody" })).toMatchObject({ type: "failed", error: { code: "adapter_not_found", field: "/adapter" } });
    bench.adapters.set("broken", { id: null, name: "broken", provider: "openai", config: { modell: 1 } });
    expect(await run({ adapter: "broken" })).toMatchObject({ type: "failed", retryable: false, error: { code: "invalid_adapter" } });
  });

  it("cannot be pointed at private addresses", async () => {
    use("openai", { baseUrl: "http://10.0.0.1/v1" });
    expect(await run({ adapter: "openai" })).toMatchObject({ type: "failed", retryable: false, error: { code: "blocked_address" } });
  });
});

function use(provider: LlmProvider, more: Record<string, unknown> = {}): void {
  const config = { model: "small", apiKeySecret: "KEY", baseUrl: `${server.origin}/v1`, prices: { small: { input: 2, output: 10 } }, ...more };
  bench.adapters.set(provider, { id: null, name: provider, provider, config });
}

/** Server-sent events as the provider sends them. */
function events(provider: "openai" | "anthropic", text: string): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (data: object): void => void response.write(`${provider === "anthropic" && "type" in data ? `event: ${String(data.type)}\n` : ""}data: ${JSON.stringify(data)}\n\n`);
    if (provider === "openai") {
      const chunk = (more: object) => send({ id: "1", object: "chat.completion.chunk", created: 1, model: "small-1", ...more });
      for (const word of text.split(/(?<= )/)) chunk({ choices: [{ index: 0, delta: { content: word }, finish_reason: null }] });
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
      chunk({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } });
      response.end("data: [DONE]\n\n");
    } else {
      send({ type: "message_start", message: { id: "1", type: "message", role: "assistant", model: "small-1", content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 100, output_tokens: 1 } } });
      send({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
      for (const word of text.split(/(?<= )/)) send({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: word } });
      send({ type: "content_block_stop", index: 0 });
      send({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 20 } });
      send({ type: "message_stop" });
      response.end();
    }
  };
}

describe.each(["openai", "anthropic"] as const)("%s", (provider) => {
  beforeEach(() => use(provider));

  it("streams through the guarded client and is paid for", async () => {
    answer = events(provider, "Hello to you");
    expect(await run({ adapter: provider, system: "Be kind", temperature: 0.5, stop: ["END"] })).toEqual({
      type: "succeeded",
      output: { text: "Hello to you", value: null, model: "small-1", adapter: provider, usage: { inputTokens: 100, outputTokens: 20 }, cost: 0.0004, finishReason: "stop" },
    });
    expect(bench.streamed).toEqual(["Hello ", "to ", "you"]);
    const [request] = server.seen;
    expect(JSON.stringify(request?.headers)).toContain("sk-very-secret");
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ model: "small", stream: true, temperature: 0.5 });
    expect(request?.body).toContain("Be kind");
    expect(bench.requests).toMatchObject([{ provider, model: "small-1", status: "succeeded", usage: { inputTokens: 100, outputTokens: 20 }, cost: 0.0004 }]);
  });

  it("keeps secrets out of the request log", async () => {
    answer = events(provider, "your key is sk-very-secret");
    await run({ adapter: provider, prompt: "is sk-very-secret good?" });
    expect(JSON.stringify(bench.requests)).not.toContain("sk-very-secret");
    expect(JSON.stringify(bench.requests)).toContain("[secret]");
  });

  it.each(["prompt", "schema"])("answers JSON by %s", async (jsonMode) => {
    use(provider, { jsonMode });
    answer = events(provider, '{"category": "b"}');
    expect(await run({ adapter: provider, outputSchema: schema })).toMatchObject({ output: { value: { category: "b" } } });
    expect(server.seen[0]?.body).toContain(jsonMode === "prompt" ? "valid against this JSON Schema" : '"json_schema"');
  });

  it.each([[401, "llm_unauthorized", false], [429, "llm_rate_limited", true], [500, "llm_error", true], [400, "llm_bad_request", false]])("status %i is %s", async (status, code, retryable) => {
    answer = (_request, response) => {
      response.setHeader("retry-after", "3");
      json(response, { type: "error", error: { type: "x", message: "no" } }, status);
    };
    expect(await run({ adapter: provider })).toMatchObject({ type: "failed", retryable, error: { code, details: { status, retryAfterSeconds: 3 } }, retryAfterSeconds: 3 });
    expect(server.seen).toHaveLength(1);
    expect(bench.requests).toMatchObject([{ status: "failed", error: { code } }]);
  });

  it("is not waited for longer than the limit", async () => {
    answer = () => undefined;
    expect(await run({ adapter: provider, timeoutSeconds: 0.2 })).toMatchObject({ type: "failed", retryable: true, error: { code: "llm_timeout" } });
  });

  it("is not half an answer when the limit comes in the middle of it", async () => {
    answer = (request, response) => {
      response.end = () => response;
      events(provider, "one two")(request, response);
    };
    expect(await run({ adapter: provider, timeoutSeconds: 0.2 })).toMatchObject({ type: "failed", retryable: true, error: { code: "llm_timeout" } });
    expect(bench.requests).toMatchObject([{ status: "failed", error: { code: "llm_timeout" } }]);
  });

  it("stops when the step is cancelled", async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    await expect(run({ adapter: provider }, { signal: controller.signal })).rejects.toThrow();
    expect(bench.requests).toMatchObject([{ status: "cancelled" }]);
  });

  it("stops in the middle of its answer: no further piece is streamed, and the connection ends", async () => {
    const controller = new AbortController();
    let ended = (): void => undefined;
    const left = new Promise<void>((resolve) => (ended = resolve));
    answer = (request, response) => {
      response.on("close", ended);
      // The end never comes; what is there comes at once.
      response.end = () => response;
      events(provider, "one two three four")(request, response);
    };
    const heard = (): void => controller.abort();
    await expect(run({ adapter: provider }, { signal: controller.signal, heard })).rejects.toThrow();
    await left;
    expect(bench.streamed).toEqual(["one "]);
    expect(bench.requests).toMatchObject([{ status: "cancelled", response: null }]);
  });
});

describe("sampleOf", () => {
  it.each<[string, object]>([
    ["an object", { type: "object", required: ["a", "b"], properties: { a: { type: "string", minLength: 9 }, b: { type: "integer", minimum: 3 }, c: { type: "array", items: { type: "boolean" }, minItems: 2 } } }],
    ["choices", { anyOf: [{ type: "number", exclusiveMinimum: 2 }, { type: "string" }] }],
    ["parts", { allOf: [{ type: "object", required: ["a"], properties: { a: { const: 1 } } }, { required: ["b"], properties: { b: { format: "date-time", type: "string" } } }] }],
    ["references", { $ref: "#/$defs/x", $defs: { x: { type: ["null", "string"], maxLength: 2 } } }],
    ["bounds", { type: "number", maximum: -4 }],
  ])("fits %s", (_name, schema) => {
    expect(validateAgainst(schema, sampleOf(schema))).toEqual([]);
    expect(sampleOf(schema)).toEqual(sampleOf(schema));
  });

  it("ends with schemas that refer to themselves", () => {
    expect(sampleOf({ $ref: "#" })).toBeNull();
    expect(sampleOf({ type: "object", properties: { next: { $ref: "#" } } })).toBeTypeOf("object");
  });
});
