import { describe, expect, it } from "vitest";
import { isNarrowed, placeChange, queryOf, readFilter } from "./list-filter";

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
