import { describe, expect, it } from "vitest";
import { type PERMISSIONS, ROLE_PERMISSIONS, ROLES } from "../permissions";
import { boundOf, readIdentity, rightsOfBound, rightsTogether, withBound } from "./run-identity";

const whole = (...permissions: (typeof PERMISSIONS)[number][]) => ({ role: null, permissions: new Set(permissions), parts: [] });
const inFolder = (folderId: string, ...permissions: (typeof PERMISSIONS)[number][]) => ({ role: null, permissions: new Set<never>(), parts: [{ folderId, itemId: null, permissions: new Set(permissions) }] });

describe("what a run may do", () => {
  it("is written as a role where it is one, and read back the same", () => {
    for (const role of ROLES) {
      const rights = { role, permissions: new Set(ROLE_PERMISSIONS[role]), parts: [] };
      expect(boundOf(rights)).toEqual({ role });
      expect(rightsOfBound(boundOf(rights))).toEqual(rights);
    }
    // As of a token that has lost some of it.
    expect(boundOf({ role: "owner", permissions: new Set(["run:read"]), parts: [] })).toEqual({ permissions: ["run:read"] });
    const part = inFolder("f", "run:start");
    expect(rightsOfBound(boundOf(part))).toEqual(part);
  });

  it("is bounded by who is narrower alone, once", () => {
    expect(withBound([{ role: "operator" }], { role: "builder" })).toEqual([{ role: "operator" }]);
    expect(withBound([{ role: "admin" }], { role: "builder" })).toEqual([{ role: "admin" }, { role: "builder" }]);
    expect(withBound([boundOf(inFolder("f", "run:start"))], { role: "viewer" })).toHaveLength(2);
    expect(withBound([{ role: "viewer" }], boundOf(inFolder("f", "run:start")))).toHaveLength(2);
  });

  it("is never more than each of the bounds", () => {
    const both = rightsTogether([whole("run:read", "run:start"), whole("run:start", "secret:use")]);
    expect([...both.permissions]).toEqual(["run:start"]);
    const part = rightsTogether([whole("run:read"), inFolder("f", "run:read", "run:start")]);
    expect(part).toEqual({ role: null, permissions: new Set(), parts: [{ folderId: "f", itemId: null, permissions: new Set(["run:read"]) }] });
    expect(rightsTogether([inFolder("f", "run:read"), inFolder("g", "run:read")]).parts).toEqual([]);
  });

  it("of a run from before is a builder's", () => {
    expect(readIdentity(null)).toBeNull();
    expect(readIdentity('{"type":"user","id":"1","name":"Ada","role":"owner"}')).toMatchObject({ type: "workspace", bounds: [{ role: "builder" }] });
  });
});
