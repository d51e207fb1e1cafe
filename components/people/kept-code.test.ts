import { expect, it } from "vitest";
import { keep, readKept } from "./kept-code";

it("keeps the code of an invitation while somebody signs in, and not for whoever comes later", () => {
  const kept = keep("a-code", 1_000);
  expect(readKept(kept, 1_000 + 14 * 60_000)).toBe("a-code");
  expect(readKept(kept, 1_000 + 15 * 60_000)).toBeNull();
  expect([readKept(null, 0), readKept("a-code", 0)]).toEqual([null, null]);
});
