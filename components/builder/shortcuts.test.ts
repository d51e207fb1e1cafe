import { describe, expect, it } from "vitest";
import { commandOf, SHORTCUTS } from "./shortcuts";

const bare = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe("the keys of the canvas", () => {
  it("lead to the command that they stand at, each to one", () => {
    for (const { command, keys, mod = false, shift = false } of SHORTCUTS) {
      for (const key of keys) expect(commandOf({ ...bare, key, ctrlKey: mod, shiftKey: shift }), key).toBe(command);
    }
  });
});
