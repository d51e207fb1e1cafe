import { expect, it } from "vitest";
import { roomFrom } from "./guide-room";

it("makes room for the guide as it was seen, for none where it was put away, and for the usual one at first", () => {
  expect([roomFrom("412"), roomFrom("0"), roomFrom(null), roomFrom("?"), roomFrom("-3")]).toEqual([412, 0, 320, 320, 320]);
});
