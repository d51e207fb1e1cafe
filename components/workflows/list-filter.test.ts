import { describe, expect, it } from "vitest";
import { isNarrowed, isOnShelf, placeChange, queryOf, readFilter } from "./list-filter";

const read = (query: string) => readFilter(new URLSearchParams(query));
const id = "01928374-0000-7000-8000-000000000001";

describe("the filter of the workflows list", () => {
  it("is nothing by itself", () => {
    expect(queryOf(read(""))).toEqual({ sort: "updated" });
    expect(isNarrowed(read("sort=name&show=archived"))).toBe(false);
  });

  it("comes from the address", () => {
    expect(queryOf(read(`q=http&folder=${id}&tag=${id}&run=failed&run=never&state=changed&sort=name`))).toEqual({
      search: "http", folderId: id, tagIds: [id], lastRun: ["failed", "never"], state: "changed", sort: "name",
    });
    expect(queryOf(read("show=deleted"))).toMatchObject({ deleted: true });
    expect(queryOf(read("archived=1"))).toMatchObject({ archived: true });
  });

  it("leaves out what makes no sense", () => {
    expect(queryOf(read("folder=x&tag=y&run=z&state=w&sort=v&show=u"))).toEqual({ sort: "updated" });
  });

  it("is in one place at a time", () => {
    expect(placeChange({ folder: id })).toEqual({ archived: null, show: null, folder: id });
    expect(placeChange({ shelf: "active" })).toEqual({ archived: null, show: null, folder: null });
    expect(placeChange({ shelf: "deleted" })).toEqual({ archived: null, show: "deleted", folder: null });
  });
});

describe("what is chosen", () => {
  it("counts on the shelf where it lies, and nowhere else", () => {
    const [at, shelves] = ["2026-11-27T12:00:00Z", ["active", "favorites", "archived", "deleted"] as const];
    const on = (archivedAt: string | null, deletedAt: string | null) => shelves.filter((shelf) => isOnShelf({ archivedAt, deletedAt }, shelf));
    expect([on(null, null), on(at, null), on(null, at), on(at, at)]).toEqual([["active", "favorites"], ["archived"], ["deleted"], ["deleted"]]);
  });
});
