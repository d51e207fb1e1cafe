import { describe, expect, it } from "vitest";
import { addressesIn, fileProblem, leftText, MAX_FILE_BYTES } from "./addresses";

describe("addresses to invite", () => {
  it("say what was not taken", () => {
    const { emails, bad, left } = addressesIn('Name;Mail\n"Ann";ann@acme.company\nBob <bob@acme.com>, x@');
    expect([emails, bad, left]).toEqual([["ann@acme.company", "bob@acme.com"], ["x@"], ["Name", "Mail", "Ann", "Bob"]]);
    expect(leftText(left)).toBe("Not taken, having no @: Name, Mail, Ann, Bob.");
    expect(leftText(["a", "b", "c", "d", "e", "f"])).toContain("and 1 more");
    expect(leftText([])).toBeNull();
  });

  it("come from a whole file or from none", () => {
    expect(fileProblem(MAX_FILE_BYTES)).toBeNull();
    expect(fileProblem(MAX_FILE_BYTES + 1)).toContain("101 kB");
  });
});
