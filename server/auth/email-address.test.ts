import { describe, expect, it } from "vitest";
import { normalizeEmail } from "./email-address";

describe("an e-mail address", () => {
  it.each([
    ["  Ada@Example.COM ", "ada@example.com"],
    ["ada+ci@example.com", "ada+ci@example.com"],
    // Letters of full width are the same letters.
    ["\uFF41da@example.com", "ada@example.com"],
    ["ada@ex\u00E4mple.com", "ada@xn--exmple-cua.com"],
    // The host of another alphabet stays another host.
    ["ada@\u0435xample.com", "ada@xn--xample-2of.com"],
    // The sign for Kelvin is a k.
    ["\u212Aate@example.com", "kate@example.com"],
  ])("%j is %j", (text, expected) => expect(normalizeEmail(text)).toBe(expected));

  it.each(["\u0430da@example.com", "ad\u0131@example.com", "ada", "@example.com", "ada@", "ada@localhost", "a b@example.com", "ada@example.com\r\nBcc: x@example.com", "ada@1.2.3.4", "ada@exam ple.com", ".ada@example.com", "ada@user:pw@example.com:80"])(
    "%j is refused",
    (text) => expect(normalizeEmail(text)).toBeNull(),
  );
});
