import { describe, expect, it } from "vitest";
import { turnOf } from "./url-visit";

const turn = (before: string, after: string, isPanelEntry = false) => turnOf(new URLSearchParams(before), new URLSearchParams(after), isPanelEntry);

describe("turnOf", () => {
  it("leads back from another view, and out of a panel that opens", () => {
    expect(turn("", "tab=logs")).toBe("push");
    expect(turn("tab=logs&step=a", "step=a", true)).toBe("push");
    expect(turn("status=failed", "status=failed&step=a")).toBe("push");
  });

  it("only remembers another panel in its place, and what is typed or chosen", () => {
    expect(turn("step=a", "step=b", true)).toBe("replace");
    expect(turn("q=or", "q=orders")).toBe("replace");
    expect(turn("", "node=fetch&status=failed")).toBe("replace");
    expect(turn("version=1", "version=2")).toBe("replace");
  });

  it("goes back with a panel that closes, when the entry is the panel's own", () => {
    expect(turn("step=a&level=warn", "level=warn", true)).toBe("back");
    expect(turn("step=a", "", false)).toBe("replace");
  });
});
