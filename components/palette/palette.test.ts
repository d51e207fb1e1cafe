import { describe, expect, it } from "vitest";
import { commandOf } from "@/components/builder/shortcuts";
import { isPaletteKey } from "./palette-key";
import { fits, runIdIn } from "./search";

const press = (given: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>>) => ({ key: "k", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...given });

describe("the key of the command palette", () => {
  it("is ⌘K on a Mac and Ctrl-K elsewhere, and nothing of the builder's", () => {
    expect([isPaletteKey(press({ ctrlKey: true }), false), isPaletteKey(press({ metaKey: true }), true)]).toEqual([true, true]);
    expect([isPaletteKey(press({ metaKey: true }), false), isPaletteKey(press({ ctrlKey: true }), true), isPaletteKey(press({}), false)]).toEqual([false, false, false]);
    expect(isPaletteKey(press({ ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(commandOf(press({ ctrlKey: true }))).toBeNull();
    expect(commandOf(press({ metaKey: true }))).toBeNull();
  });
});

describe("what the palette finds", () => {
  it("holds every word, in any order", () => {
    expect(fits("set sec", "Secrets", "Settings")).toBe(true);
    expect(fits("", "Anything")).toBe(true);
    expect(fits("set zebra", "Secrets", "Settings")).toBe(false);
  });

  it("is a run when its id or address is pasted", () => {
    const id = "01a216b4-a65c-71ce-b37d-511f6ba73b18";
    expect(runIdIn(` ${id.toUpperCase()} `)).toBe(id);
    expect(runIdIn(`http://127.0.0.1:3000/main/runs/${id}?step=x`)).toBe(id);
    expect(runIdIn("order 1001")).toBeNull();
  });
});
