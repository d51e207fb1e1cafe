import { describe, expect, it } from "vitest";
import { isVisit } from "./url-visit";

const visit = (before: string, after: string) => isVisit(new URLSearchParams(before), new URLSearchParams(after));

describe("isVisit", () => {
  it("is another view, and a panel that opens", () => {
    expect(visit("", "tab=logs")).toBe(true);
    expect(visit("tab=logs&step=a", "step=a")).toBe(true);
    expect(visit("status=failed", "status=failed&step=a")).toBe(true);
  });

  it("is no other panel in its place, no panel closed, and nothing that is typed or chosen", () => {
    expect(visit("step=a", "step=b")).toBe(false);
    expect(visit("step=a", "")).toBe(false);
    expect(visit("q=or", "q=orders")).toBe(false);
    expect(visit("", "node=fetch&status=failed")).toBe(false);
  });
});
