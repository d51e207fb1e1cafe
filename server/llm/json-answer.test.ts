import { describe, expect, it } from "vitest";
import { readJsonAnswer } from "./json-answer";
import { createMockModel } from "./mock";

const BLANKS = " ".repeat(300_000);
const request = { model: "m", system: null, messages: [], maxTokens: 1, schema: null };

describe("an answer of blanks without end", { timeout: 90_000 }, () => {
  it.each([`\`\`\`\n${BLANKS}x`, `\`\`\`json\n1${BLANKS}`, `${BLANKS}\`\`\``, "```\n".repeat(100_000)])("is refused in no time (%#)", (text) => {
    expect(readJsonAnswer(text, true)).toMatchObject({ ok: false });
  });

  it("is streamed by the mock in no time", async () => {
    const chunks: string[] = [];
    const reply = `a${BLANKS}`;
    for (const text of [reply, BLANKS]) {
      chunks.length = 0;
      await createMockModel({ replies: [text], skip: 0 }).ask(request, (chunk) => chunks.push(chunk), new AbortController().signal);
      expect(chunks.join("")).toBe(text);
    }
  });
});

describe("readJsonAnswer", () => {
  it.each(['{"a":1}', '```json\n{"a":1}\n```', '\n  ```\n{"a":1}```  \n', '```json  \n\n{"a":1}\n\n  ```'])("takes %j", (text) => {
    expect(readJsonAnswer(text, true)).toEqual({ ok: true, value: { a: 1 } });
  });
});
