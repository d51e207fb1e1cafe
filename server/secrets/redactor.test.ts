import { createHash } from "node:crypto";
import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { createRedactor } from "./redactor";

const VALUE = 'p@ss "wörd"/+?\n&=';
const redactor = createRedactor([
  ["KEY", VALUE],
  ["PIN", "42"],
  ["NUMBER", "1234567"],
]);

describe("the redactor", () => {
  it.each([
    ["plain", VALUE],
    ["inside text", `before ${VALUE} after`],
    ["as JSON", JSON.stringify({ a: VALUE })],
    ["as JSON within JSON", JSON.stringify({ a: JSON.stringify({ b: VALUE }) })],
    ["percent-encoded", `https://x.test/?k=${encodeURIComponent(VALUE)}`],
    ["percent-encoded in lower case", encodeURIComponent(VALUE).toLowerCase()],
    ["as form field", new URLSearchParams({ k: "hello world secret" }).toString()],
    ["base64", Buffer.from(VALUE).toString("base64")],
    ["base64url", Buffer.from(VALUE).toString("base64url")],
    ["hexadecimal", Buffer.from(VALUE).toString("hex")],
  ])("hides a value %s", (name, text) => {
    const subject = name === "as form field" ? createRedactor([["KEY", "hello world secret"]]) : redactor;
    const hidden = subject.text(text);
    expect(hidden).toContain("[secret KEY]");
    expect(hidden).not.toMatch(/wörd|w%C3|world/i);
  });

  it("attack: hides any value however forms, strict addresses and mail write it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 200, unit: "grapheme" }), (value) => {
        const bytes = Buffer.from(value, "utf8");
        const whole = bytes.toString("utf8");
        const strict = encodeURIComponent(whole).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
        const lines = (length: number, end: string) => (bytes.toString("base64").match(new RegExp(`.{1,${length}}`, "g")) ?? []).join(end);
        const written = [new URLSearchParams({ v: whole }).toString().slice(2), strict, strict.replace(/%../g, (escape) => escape.toLowerCase()), lines(64, "\n"), lines(76, "\r\n"), JSON.stringify(lines(76, "\n")).slice(1, -1)];
        const hidden = createRedactor([["X", value]]);
        for (const form of written) if (form.length >= 4 && form !== value) expect(hidden.text(`«${form}»`)).toBe("«[secret X]»");
      }),
    );
  });

  it.each([
    ["PHP's JSON", "sk\\/live&<\\\"'>"],
    ["Go's JSON", "sk/live\\u0026\\u003c\\\"'\\u003e"],
    ["Rails' and PHP's JSON", "sk\\/live\\u0026\\u003c\\\"'\\u003e"],
    ["a page", "sk/live&amp;&lt;&quot;&#39;&gt;"],
    ["a page of PHP", "sk/live&amp;&lt;&quot;&#039;&gt;"],
    ["a page of Go", "sk/live&amp;&lt;&#34;&#39;&gt;"],
    ["a page that leaves single quotes", "sk/live&amp;&lt;&quot;'&gt;"],
    ["an address within an address", "sk%252Flive%2526%253C%2522%27%253E".replace("%27", "'")],
  ])("attack: hides a value as %s writes it", (_, written) => {
    expect(createRedactor([["X", "sk/live&<\"'>"]]).text(`«${written}»`)).toBe("«[secret X]»");
  });

  it.each(["", "a", "ab", "user:"])("hides a value in base64 behind %j", (before) => {
    const encoded = Buffer.from(`${before}${VALUE}:after`).toString("base64");
    expect(redactor.text(`Basic ${encoded}`)).toContain("[secret KEY]");
    expect(Buffer.from(redactor.text(encoded).replace("[secret KEY]", ""), "base64").toString()).not.toContain("ss");
  });

  it("hides long lines of a key one by one", () => {
    const lines = ["-----BEGIN KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQ", "-----END KEY-----"];
    const keys = createRedactor([["PEM", lines.join("\n")]]);
    expect(keys.text(`read ${lines[1]}`)).toBe("read [secret PEM]");
  });

  it("hides short values only where they stand alone", () => {
    expect(redactor.value({ pin: "42", text: "room 42", number: 42 })).toEqual({ pin: "[secret PIN]", text: "room 42", number: "[secret PIN]" });
  });

  it("goes through nested values and keys, and returns what it need not change", () => {
    expect(redactor.value({ list: [{ [VALUE]: `a${VALUE}` }, 1234567] })).toEqual({
      list: [{ "[secret KEY]": "a[secret KEY]" }, "[secret NUMBER]"],
    });
    const clean = { list: [1, { a: "b" }], when: null };
    expect(redactor.value(clean)).toBe(clean);
  });

  it("takes the longer of two values that overlap", () => {
    const both = createRedactor([["A", "secret"], ["B", "secret-and-more"]]);
    expect(both.text("x secret-and-more y secret")).toBe("x [secret B] y [secret A]");
  });

  it("replaces exactly the value, whatever it is made of", () => {
    const bars = fc.string({ unit: fc.constantFrom("|", "¦") });
    const values = fc.string({ minLength: 4, unit: "grapheme" }).filter((value) => !/[|¦]/.test(value));
    fc.assert(
      fc.property(values, bars, bars, (value, before, after) => {
        expect(createRedactor([["X", value]]).text(`${before}${value}${after}`)).toBe(`${before}[secret X]${after}`);
      }),
    );
  });
});

describe("a text that comes in pieces", () => {
  it("attack: shows no value, and loses nothing, wherever it is cut", () => {
    const { text, piece } = createRedactor([["X", "s3cr3t/value"], ["Y", "s3cr3t/other"]]);
    const source = `a s3cr3t/value b s3c s3cr3t/valu ${Buffer.from("s3cr3t/value!").toString("base64")} ${Buffer.from("s3cr3t/value").toString("base64")} s3cr3t/other s3cr`;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: source.length, maxLength: source.length }), (sizes) => {
        let [shown, held, at] = ["", "", 0];
        for (const size of sizes) {
          const next = piece(held + source.slice(at, at + size));
          at += size;
          shown += next.text;
          held = next.rest;
        }
        expect(shown + text(held)).toBe(text(source));
      }),
    );
  });
});

describe("a redactor of large secrets", () => {
  const MAX_BYTES = 65_536;
  const line = (seed: number) => createHash("sha256").update(String(seed)).digest("hex").slice(0, 30);
  const lines = Array.from({ length: Math.floor(MAX_BYTES / 31) }, (_, index) => line(index));

  it.each([
    ["one line", "x".repeat(30) + lines.join("").slice(0, MAX_BYTES - 30)],
    ["many lines", lines.join("\n")],
  ])("hides them like others, and never fails: %s", (_name, value) => {
    const { text } = createRedactor([["BIG", value]]);
    expect(text(`before ${value} after`)).toBe("before [secret BIG] after");
    expect(text(`in ${encodeURIComponent(value)}`)).toBe("in [secret BIG]");
    expect(text("nothing of it")).toBe("nothing of it");
  });

  it("hides each line alone, in long texts too, in no time", { timeout: 120_000 }, () => {
    const { text } = createRedactor([["BIG", lines.join("\n")]]);
    expect(text(`a ${lines[1_000]} b`)).toBe("a [secret BIG] b");
    const long = Array.from({ length: 100_000 }, (_, index) => line(-1 - index)).join("");
    expect(text(long)).toBe(long);
  });
});
