import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { chainOf, overridingOf, seenFrom } from "./scoping";

const folders = [
  { id: "sales", parentId: null },
  { id: "orders", parentId: "sales" },
  { id: "returns", parentId: "orders" },
  { id: "finance", parentId: null },
];
const items = [
  { name: "LIMIT", folderId: null },
  { name: "LIMIT", folderId: "orders" },
  { name: "REGION", folderId: "sales" },
  { name: "REGION", folderId: "finance" },
];

describe("what lies in folders", () => {
  it("is seen from below, the nearest first", () => {
    expect(chainOf(folders, "returns")).toEqual(["returns", "orders", "sales", null]);
    expect(Object.fromEntries(seenFrom(items, chainOf(folders, "returns")))).toEqual({ LIMIT: items[1], REGION: items[2] });
    expect(Object.fromEntries(seenFrom(items, chainOf(folders, "finance")))).toEqual({ LIMIT: items[0], REGION: items[3] });
    expect(Object.fromEntries(seenFrom(items, chainOf(folders, null)))).toEqual({ LIMIT: items[0] });
  });

  it("says what it stands before and what stands before it", () => {
    expect(overridingOf(items[0]!, items, folders)).toEqual({ overrides: undefined, overriddenIn: ["orders"] });
    expect(overridingOf(items[1]!, items, folders)).toEqual({ overrides: null, overriddenIn: [] });
    expect(overridingOf(items[2]!, items, folders)).toEqual({ overrides: undefined, overriddenIn: [] });
  });

  it("takes the workspace's for a folder that is gone, and ends in a circle", () => {
    expect(chainOf(folders, "gone")).toEqual([null]);
    expect(chainOf([{ id: "a", parentId: "b" }, { id: "b", parentId: "a" }], "a")).toEqual(["a", "b", null]);
  });

  it("is seen if and only if nothing nearer has its name", () => {
    const place = fc.constantFrom<(string | null)[]>(null, "sales", "orders", "returns", "finance");
    fc.assert(
      fc.property(fc.uniqueArray(place, { maxLength: 5 }), place, (places, from) => {
        const all = places.map((folderId) => ({ name: "X", folderId }));
        const chain = chainOf(folders, from);
        const expected = chain.find((one) => places.includes(one));
        expect(seenFrom(all, chain).get("X")?.folderId).toBe(expected);
      }),
    );
  });

  it("is the environment's own before what is for all in the same place, and never another's", () => {
    const place = fc.constantFrom<(string | null)[]>(null, "sales", "orders", "returns");
    const environment = fc.constantFrom<(string | null)[]>(null, "dev", "live");
    const item = fc.record({ folderId: place, environmentId: environment });
    const unique = fc.uniqueArray(item, { maxLength: 12, selector: ({ folderId, environmentId }) => `${folderId} ${environmentId}` });
    fc.assert(
      fc.property(unique, place, fc.constantFrom("dev", "live"), fc.boolean(), (places, from, id, isStrict) => {
        const all = places.map((one) => ({ name: "X", ...one }));
        const has = (folderId: string | null, environmentId: string | null) => all.find((one) => one.folderId === folderId && one.environmentId === environmentId);
        const chain = chainOf(folders, from);
        const [expected] = chain.flatMap((folderId) => has(folderId, id) ?? (isStrict ? undefined : has(folderId, null)) ?? []);
        expect(seenFrom(all, chain, { id, isStrict }).get("X")).toBe(expected);
        expect(seenFrom(all, chain).get("X")?.environmentId ?? null).toBe(null);
      }),
    );
  });
});
