import { expect, it } from "vitest";
import { joinedVersions } from "./joined-versions";

it("keeps the version that a newer one pushed off the first page", () => {
  const [firstPage, earlier, now] = [[3, 2], [1], [4, 3]].map((numbers) => numbers.map((number) => ({ number })));
  expect(joinedVersions(earlier!, firstPage!, now!).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
});

it("shows what was said last of a version", () => {
  expect(joinedVersions([{ number: 1, current: true }], [{ number: 2, current: true }, { number: 1, current: false }])).toEqual([{ number: 2, current: true }, { number: 1, current: false }]);
});
