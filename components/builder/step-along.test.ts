import { describe, expect, it } from "vitest";
import type { Draft } from "./draft";
import { stepAlong } from "./step-along";

const draft = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "loop", kind: "forEach" },
    { id: "second", kind: "set", parent: { id: "loop", slot: "body" } },
    { id: "first", kind: "set", parent: { id: "loop", slot: "body" } },
    { id: "end", kind: "log" },
  ],
  edges: [{ from: "start", to: "loop" }, { from: "first", to: "second" }, { from: "loop", to: "end" }],
} as unknown as Draft;

describe("walking along connections", () => {
  const all = (from: string, way: "next" | "previous") => {
    const seen: string[] = [];
    for (let at = stepAlong(draft, from, way); at !== null && seen.length < 10; at = stepAlong(draft, at, way)) seen.push(at);
    return seen;
  };

  it("goes into frames, through them, and on behind them", () => {
    expect(all("start", "next")).toEqual(["loop", "first", "second", "end"]);
  });

  it("goes back to where it came from", () => {
    expect(all("second", "previous")).toEqual(["first", "loop", "start"]);
    expect(stepAlong(draft, "end", "previous")).toBe("loop");
    expect(stepAlong(draft, null, "next")).toBeNull();
  });
});
