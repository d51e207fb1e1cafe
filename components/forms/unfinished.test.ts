import { expect, it } from "vitest";
import { unfinishedAt } from "./unfinished";

it("keeps what was begun beside the value that it was begun at, for its place alone", () => {
  const place = unfinishedAt("workflow step /config/body");
  place.keep("[1,", { n: 1 });
  expect(unfinishedAt("workflow step /config/body").find({ n: 1 })).toBe("[1,");
  expect(place.find({ n: 2 })).toBeNull();
  expect(unfinishedAt("workflow other /config/body").find({ n: 1 })).toBeNull();
  place.drop();
  expect(place.find({ n: 1 })).toBeNull();
});

it("keeps nothing without a place", () => {
  const nowhere = unfinishedAt(null);
  nowhere.keep("[1,", undefined);
  expect(nowhere.find(undefined)).toBeNull();
});
