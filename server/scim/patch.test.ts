import { describe, expect, it } from "vitest";
import { applyPatch } from "./patch";

const group = { id: "g1", displayName: "Sales", members: [{ value: "a" }, { value: "b" }] };
const patched = (...operations: object[]) => applyPatch(group, { Operations: operations });

describe("changes of a resource", () => {
  /** As it comes over the wire: JSON.parse makes `__proto__` a key like others. */
  const ATTACKS = [
    '{"op":"replace","path":"__proto__","value":{"polluted":1}}',
    '{"op":"add","path":"__proto__.polluted","value":1}',
    '{"op":"add","path":"constructor.prototype","value":{"polluted":1}}',
    '{"op":"add","path":"constructor.polluted","value":1}',
    '{"op":"replace","value":{"__proto__":{"polluted":1}}}',
    '{"op":"replace","value":{"name":{"__proto__":{"polluted":1}}}}',
    '{"op":"add","path":"members[__proto__ eq \\"x\\"].polluted","value":1}',
    '{"op":"add","path":"members[value eq \\"a\\"].__proto__","value":{"polluted":1}}',
  ];
  it.each(ATTACKS)("attack: prototype pollution by %s is refused and changes no other object", (operation) => {
    expect(() => applyPatch(group, JSON.parse(`{"Operations":[${operation}]}`))).toThrow(/there is no attribute/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((Object as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("takes a value of any depth", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(patched({ op: "add", path: "note", value: deep })).toMatchObject({ displayName: "Sales" });
  });

  it("adds and removes members by their value, once each", () => {
    expect(patched({ op: "Add", path: "members", value: [{ value: "b" }, { value: "c" }] }).members).toEqual([{ value: "a" }, { value: "b" }, { value: "c" }]);
    expect(patched({ op: "remove", path: "members", value: [{ value: "a" }] }).members).toEqual([{ value: "b" }]);
    expect(patched({ op: "remove", path: 'members[value eq "b"]' }).members).toEqual([{ value: "a" }]);
  });

  it("keeps attributes of extensions, and inherited names that are none of ours, as data", () => {
    expect(patched({ op: "add", path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", value: "R&D" })).toMatchObject({ department: "R&D" });
    expect(patched({ op: "add", path: "toString.x", value: 1 })).toMatchObject({ toString: { x: 1 } });
  });
});
