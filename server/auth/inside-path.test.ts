import { describe, expect, it } from "vitest";
import { insidePath } from "./inside-path";

describe("insidePath", () => {
  it.each(["/main/runs?status=failed", "/", "/a/b%2Fc"])("keeps %s", (address) => {
    expect(insidePath(address)).toBe(address);
  });

  it.each([
    "//evil.example", "/\\evil.example", "https://evil.example/", "evil.example", "javascript:alert(1)",
    "/.//evil.example", "/./\\/evil.example", "/x/..//evil.example", "/%2e//evil.example", "/\t/evil.example", "", undefined, ["/a", "/b"],
  ])("leads from %j to the start page or to a path, never to another host", (address) => {
    const path = insidePath(address);
    expect(new URL(path, "https://millrace.example").origin).toBe("https://millrace.example");
    expect(path).toBe("/");
  });
});
