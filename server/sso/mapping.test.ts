import { describe, expect, it } from "vitest";
import { mappingSchema } from "./contract";
import { effectsOf, readIdentity } from "./mapping";

const own = "0192d0a0-0000-7000-8000-000000000001";
const other = "0192d0a0-0000-7000-8000-000000000002";
const mapping = mappingSchema.parse({ rules: [{ group: "staff", groupId: own }, { group: "chiefs", role: "admin", groupId: other }, { group: "chiefs", groupId: own }] });

describe("what a provider says", () => {
  it("is read from the usual claims, or from those that were named", () => {
    expect(readIdentity("1", { email: "Ada@Example.com", name: "Ada\n", groups: "staff" }, mapping)).toMatchObject({ email: "ada@example.com", name: "Ada", groups: ["staff"] });
    expect(readIdentity("1", { upn: "a@b.de", email: "x@y.z", teams: ["t", 1, ""] }, { ...mapping, email: "upn", groups: "teams" })).toMatchObject({ email: "a@b.de", groups: ["t"] });
    expect(readIdentity("1", { email_verified: "false" }, mapping)).toMatchObject({ email: null, emailUnverified: true });
    expect(readIdentity("1", Object.create({ email: "inherited@example.com" }) as Record<string, unknown>, mapping).email).toBeNull();
  });

  it("gives the mightiest role and every group that a rule names, and says which groups it decides about", () => {
    expect(effectsOf(["staff", "chiefs"], mapping, "member")).toEqual({ role: "admin", decidesRole: true, groupIds: [own, other], managedGroupIds: [own, other] });
    expect(effectsOf(["STAFF"], mapping, "member")).toEqual({ role: "member", decidesRole: true, groupIds: [], managedGroupIds: [own, other] });
    expect(effectsOf([], mappingSchema.parse({}), "admin")).toMatchObject({ role: "admin", decidesRole: false });
  });
});
