import { expect, it } from "vitest";
import { lagText } from "./lag-text";

it("says how far a listener is behind", () => {
  expect([{}, { lagBytes: 0 }, { lagBytes: 512 }, { lagBytes: 1_536 }, { lagBytes: 50_000_000_000 }, { waiting: 0 }, { waiting: 1 }, { waiting: 7 }].map(lagText)).toEqual([
    null, "up to date", "512 bytes behind", "1.5 KB behind", "47 GB behind", "nothing waits", "1 message waits", "7 messages wait",
  ]);
});
