import { expect, it } from "vitest";
import { IDLE_CHOICES, MAX_CHOICES, spanText } from "./spans";

it("says spans in their largest whole unit", () => {
  expect([1, 15, 60, 90, 480, 1_440, 43_200].map(spanText)).toEqual(["1 minute", "15 minutes", "1 hour", "90 minutes", "8 hours", "1 day", "30 days"]);
});

it("offers spans that the server takes", () => {
  for (const minutes of [...IDLE_CHOICES, ...MAX_CHOICES]) expect(minutes).toBeGreaterThanOrEqual(5);
});
