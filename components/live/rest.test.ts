import { expect, it } from "vitest";
import { allOf, atRest } from "./rest";

const rows = (text: string) => [...text].map((id) => ({ id, at: 1 }));
const told = ({ rows: some, gone, waiting }: ReturnType<typeof atRest>) => ({ rows: some.map(({ id }) => id).join(""), gone: [...gone].join(""), waiting });
const rest = (shown: Parameters<typeof atRest>[0], items: Parameters<typeof atRest>[1], isMore = false) => atRest(shown, items, isMore);

it("lets new rows wait, wherever they come", () => {
  expect(told(rest(rows("abc"), rows("xyabc")))).toEqual({ rows: "abc", gone: "", waiting: 2 });
  expect(told(rest(rows("abc"), rows("axbc")))).toEqual({ rows: "abc", gone: "", waiting: 1 });
});

it("keeps rows in their places when others go or change places, and says which are gone", () => {
  expect(told(rest(rows("abc"), rows("ac")))).toEqual({ rows: "abc", gone: "b", waiting: 0 });
  expect(told(rest(rows("abc"), rows("cab")))).toEqual({ rows: "abc", gone: "", waiting: 0 });
  expect(told(rest(rows("ab"), []))).toEqual({ rows: "ab", gone: "ab", waiting: 0 });
  expect(told(rest(rows("abc"), rows("xa")))).toEqual({ rows: "abc", gone: "bc", waiting: 1 });
});

it("shows rows as they are by now", () => {
  const now = { id: "b", at: 2 };
  expect(rest(rows("abc"), [...rows("xa"), now, ...rows("c")]).rows[1]).toBe(now);
});

it("takes further pages in at the end, and once only what new rows have pushed there", () => {
  expect(told(rest(rows("abc"), rows("abcde")))).toEqual({ rows: "abcde", gone: "", waiting: 0 });
  expect(told(rest(rows("ab"), rows("xyz"), true))).toEqual({ rows: "ab", gone: "", waiting: 3 });
  const pushed = rest(rows("abc"), rows("xab"), true);
  expect([told(pushed), pushed.isPushed]).toEqual([{ rows: "abc", gone: "", waiting: 1 }, true]);
  expect(told(rest(pushed.rows, rows("xabcde")))).toEqual({ rows: "abcde", gone: "", waiting: 1 });
});

it("says of rows at the end that they are gone where there is no next page, or more of them are missing than can be there", () => {
  const whole = rest(rows("abc"), rows("xab"));
  expect([told(whole), whole.isPushed]).toEqual([{ rows: "abc", gone: "c", waiting: 1 }, false]);
  const more = rest(rows("abc"), rows("xa"), true);
  expect([told(more), more.isPushed]).toEqual([{ rows: "abc", gone: "bc", waiting: 1 }, false]);
  expect(rest(rows("abc"), rows("abc"), true).isPushed).toBe(false);
});

it("begins with all, and takes all in where nothing was shown", () => {
  expect(told(allOf(rows("ab")))).toEqual({ rows: "ab", gone: "", waiting: 0 });
  expect(told(rest([], rows("ab")))).toEqual({ rows: "ab", gone: "", waiting: 0 });
});
