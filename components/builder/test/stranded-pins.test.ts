import { describe, expect, it } from "vitest";
import { strandedPins } from "./stranded-pins";

const rename = { from: "fetch", to: "load" };
const ids = (...all: string[]) => new Set(all);

describe("pins of renamed steps", () => {
  it("go along, and back when the new name is taken back", () => {
    expect(strandedPins([rename], ids("load"), { fetch: 1 })).toEqual([{ from: "fetch", to: "load", by: rename }]);
    expect(strandedPins([rename], ids("fetch"), { load: 1 })).toEqual([{ from: "load", to: "fetch", by: rename }]);
  });

  it("stay where their step is, and take no other's place", () => {
    expect(strandedPins([rename], ids("load"), { load: 1 })).toEqual([]);
    expect(strandedPins([rename], ids("load", "fetch"), { fetch: 1 })).toEqual([]);
    expect(strandedPins([rename], ids("load"), { fetch: 1, load: 2 })).toEqual([]);
    expect(strandedPins([rename], ids("other"), { fetch: 1 })).toEqual([]);
  });
});
