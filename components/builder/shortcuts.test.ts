import { describe, expect, it } from "vitest";
import { commandOf, SHORTCUTS, textOfShortcut } from "./shortcuts";

const bare = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe("the keys of the canvas", () => {
  it("lead to the command that they stand at, each to one", () => {
    for (const { command, keys, mod = false, shift = false } of SHORTCUTS) {
      for (const key of keys) expect(commandOf({ ...bare, key, ctrlKey: mod, shiftKey: shift }), key).toBe(command);
    }
  });

  it("move the view", () => {
    const arrows = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => commandOf({ ...bare, key }));
    expect(arrows).toEqual(["viewLeft", "viewRight", "viewUp", "viewDown"]);
    expect(SHORTCUTS.filter(({ command }) => command.startsWith("view")).map(textOfShortcut)).toEqual(["←", "→", "↑", "↓"]);
  });
});
