import { describe, expect, it } from "vitest";
import { labelOf } from "./label-text";

describe("a label that is entered", () => {
  it("is taken as it is written and as it is shown", () => {
    expect(labelOf(" team=ops ")).toBe("team=ops");
    expect(labelOf("team: ops and more")).toBe("team=ops and more");
    expect(labelOf("link=https://x.example/?a=b")).toBe("link=https://x.example/?a=b");
  });

  it("needs a name and a separator", () => {
    for (const text of ["", "ops", "=ops", ` : x`, `${"n".repeat(101)}=x`]) expect(labelOf(text)).toBeNull();
  });
});
