import { describe, expect, it } from "vitest";
import { LONGEST_RETRY_AFTER_SECONDS, retryAfterSeconds } from "./retry-after";

const NOW = Date.parse("2026-01-02T03:04:05Z");

describe("Retry-After", () => {
  it.each([
    ["seconds", "7", null, 7],
    ["a part of a second", "1.2", null, 2],
    ["a date", "Fri, 02 Jan 2026 03:04:15 GMT", null, 10],
    ["a date of a server whose clock is fast", "Fri, 02 Jan 2026 04:04:15 GMT", "Fri, 02 Jan 2026 04:04:05 GMT", 10],
    ["a date beside nonsense", "Fri, 02 Jan 2026 03:04:15 GMT", "soon", 10],
    ["a date that is over", "Fri, 02 Jan 2026 03:00:00 GMT", null, 0],
    ["more than the limit", "999999999", null, LONGEST_RETRY_AFTER_SECONDS],
    ["nonsense", "later", null, null],
    ["nothing", null, null, null],
  ])("is %s", (_name, text, date, seconds) => {
    expect(retryAfterSeconds(text, date, NOW)).toBe(seconds);
  });
});
