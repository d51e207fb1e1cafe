import { expect, it } from "vitest";
import { parseLimited } from "./parse-limited";

it("knows bold, code and links, and leaves the rest as text", () => {
  expect(parseLimited("**Tonight** at `22:00`: [plan](https://example.com/a?b=1) <b>x</b>")).toEqual([
    { kind: "bold", text: "Tonight" }, { kind: "text", text: " at " }, { kind: "code", text: "22:00" }, { kind: "text", text: ": " },
    { kind: "link", text: "plan", href: "https://example.com/a?b=1" }, { kind: "text", text: " <b>x</b>" },
  ]);
});

it("links nowhere but to the web and pages of its own", () => {
  for (const href of ["javascript:alert(1)", "//evil.example", "data:text/html,x", "JAVASCRIPT:x"]) expect(parseLimited(`[a](${href})`)).toEqual([{ kind: "text", text: `[a](${href})` }]);
  expect(parseLimited("[a](/profile/security)")).toEqual([{ kind: "link", text: "a", href: "/profile/security" }]);
});
