import { expect, it } from "vitest";
import { allOf, atRest } from "./rest";

const rows = (text: string) => [...text].map((id) => ({ id, at: 1 }));
const told = ({ rows: some, gone, waiting }: ReturnType<typeof atRest>) => ({ rows: some.map(({ id }) => id).join(""), gone: [...gone].join(""), waiting });

it("lets new rows wait, wherever they come", () => {
  expect(told(atRest(rows("abc"), rows("xyabc")))).toEqual({ rows: "abc", gone: "", waiting: 2 });
  expect(told(atRest(rows("abc"), rows("axbc")))).toEqual({ rows: "abc", gone: "", waiting: 1 });
});

it("keeps rows in their places when others go or change places, and says which are gone", () => {
  expect(told(atRest(rows("abc"), rows("ac")))).toEqual({ rows: "abc", gone: "b", waiting: 0 });
  expect(told(atRest(rows("abc"), rows("cab")))).toEqual({ rows: "abc", gone: "", waiting: 0 });
  expect(told(atRest(rows("ab"), []))).toEqual({ rows: "ab", gone: "ab", waiting: 0 });
  expect(told(atRest(rows("abc"), rows("xa")))).toEqual({ rows: "abc", gone: "bc", waiting: 1 });
});

it("shows rows as they are by now", () => {
  const now = { id: "b", at: 2 };
  expect(atRest(rows("abc"), [...rows("xa"), now, ...rows("c")]).rows[1]).toBe(now);
});

it("takes further pages in at the end, and once only what new rows have pushed there", () => {
  expect(told(atRest(rows("abc"), rows("abcde")))).toEqual({ rows: "abcde", gone: "", waiting: 0 });
  expect(told(atRest(rows("ab"), rows("xyz")))).toEqual({ rows: "ab", gone: "", waiting: 3 });
  const pushed = atRest(rows("abc"), rows("xab"));
  expect(told(pushed)).toEqual({ rows: "abc", gone: "", waiting: 1 });
  expect(told(atRest(pushed.rows, rows("xabcde")))).toEqual({ rows: "abcde", gone: "", waiting: 1 });
});

it("begins with all, and takes all in where nothing was shown", () => {
  expect(told(allOf(rows("ab")))).toEqual({ rows: "ab", gone: "", waiting: 0 });
  expect(told(atRest([], rows("ab")))).toEqual({ rows: "ab", gone: "", waiting: 0 });
});
