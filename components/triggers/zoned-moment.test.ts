import { expect, it } from "vitest";
import { momentIn, shownIn } from "./zoned-moment";

it.each([
  ["UTC", "2026-11-26T18:00", "2026-11-26T18:00:00.000Z"],
  ["Asia/Kolkata", "2026-11-26T18:00", "2026-11-26T12:30:00.000Z"],
  ["Europe/Berlin", "2026-07-01T00:00", "2026-06-30T22:00:00.000Z"],
  // Clocks go from 2:00 to 3:00, and from 3:00 to 2:00.
  ["Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00.000Z"],
  ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
  ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
  ["Europe/Berlin", "2026-10-25T03:30", "2026-10-25T02:30:00.000Z"],
])("in %s clocks show %s at %s", (zone, text, moment) => {
  expect(momentIn(zone, text)?.toISOString()).toBe(moment);
  if (text !== "2026-03-29T02:30") expect(shownIn(zone, new Date(moment))).toBe(text);
});

it("takes nothing else", () => expect(momentIn("UTC", "tomorrow")).toBeNull());
