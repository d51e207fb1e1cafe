import { describe, expect, it } from "vitest";
import { flatten, folderPath, idsWithin, toFolderTree } from "./folder-paths";

const folder = (id: string, parentId: string | null = null) => ({ id, name: id, parentId, count: 0 });
const folders = [folder("a"), folder("b"), folder("a1", "a"), folder("a11", "a1"), folder("b1", "b")];

describe("folder paths", () => {
  it("nest in order", () => {
    expect(flatten(toFolderTree(folders)).map(({ id, depth }) => [id, depth])).toEqual([["a", 0], ["a1", 1], ["a11", 2], ["b", 0], ["b1", 1]]);
  });

  it("show one with an unknown parent outermost, and lose nothing", () => {
    expect(toFolderTree([folder("x", "gone")]).map(({ id }) => id)).toEqual(["x"]);
  });

  it("know what lies within, and what lies above", () => {
    expect([...idsWithin(folders, "a")]).toEqual(["a", "a1", "a11"]);
    expect(folderPath(folders, "a11").map(({ id }) => id)).toEqual(["a", "a1", "a11"]);
    expect(folderPath(folders, null)).toEqual([]);
    expect(folderPath([folder("x", "y"), folder("y", "x")], "x").map(({ id }) => id)).toEqual(["y", "x"]);
  });
});
