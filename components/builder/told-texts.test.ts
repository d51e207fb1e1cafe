import { expect, it } from "vitest";
import { ToldTexts } from "./told-texts";

it("knows what was told until it came back, or something that was told later", () => {
  const told = new ToldTexts();
  for (const text of ["a", "ab", "abc"]) told.note(text);
  expect(told.has("ab")).toBe(true);
  told.settle("ab");
  expect([told.has("a"), told.has("ab"), told.has("abc")]).toEqual([false, false, true]);
  told.settle("from elsewhere");
  expect(told.has("abc")).toBe(true);
});
