import { expect, it } from "vitest";
import { joinedVersions, withCurrent } from "./joined-versions";

it("keeps the version that a newer one pushed off the first page", () => {
  const [firstPage, earlier, now] = [[3, 2], [1], [4, 3]].map((numbers) => numbers.map((number) => ({ number })));
  expect(joinedVersions(earlier!, firstPage!, now!).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
});

it("shows what was said last of a version", () => {
  expect(joinedVersions([{ number: 1, current: true }], [{ number: 2, current: true }, { number: 1, current: false }])).toEqual([{ number: 2, current: true }, { number: 1, current: false }]);
});

it("marks the one that is current now, whatever pages of before say", () => {
  const versions = [{ id: "c", current: false }, { id: "b", current: true }, { id: "a", current: true }];
  expect(withCurrent(versions, "c").filter(({ current }) => current)).toEqual([{ id: "c", current: true }]);
  expect(withCurrent(versions, null).filter(({ current }) => current)).toEqual([]);
});
