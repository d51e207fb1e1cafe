import { expect, it } from "vitest";
import { deliveryKeys } from "./delivery-key";
import { storedKey } from "./stored-key";

it("keeps keys as they are that have room, and tells longer ones apart by all of them", () => {
  expect(storedKey("x".repeat(500))).toBe("x".repeat(500));
  const id = "m".repeat(600);
  const keys = ["one", "another"].map((content) => storedKey(deliveryKeys(id, content, false).dedupeKey));
  expect(new Set(keys).size).toBe(2);
  expect(keys.map((key) => key.length)).toEqual([500, 500]);
  expect(storedKey(deliveryKeys(id, "one", true).dedupeKey)).toBe(keys[0]);
  // Half a character cannot be stored.
  expect(() => encodeURIComponent(storedKey("\u{1F600}".repeat(400)))).not.toThrow();
});
