import { describe, expect, it } from "vitest";
import { openingView, roomOf } from "./opening-view";

const room = roomOf({ width: 1_000, height: 700 }, { top: 100, right: 0.05, bottom: 0, left: 0.05 });
const step = (x: number, y: number) => ({ x, y, width: 200, height: 60 });
/** Where a place of the drawing lies on the canvas. */
const shown = (view: { x: number; y: number; zoom: number }, { x, y }: { x: number; y: number }) => ({ x: Math.round(view.x + x * view.zoom), y: Math.round(view.y + y * view.zoom) });

describe("the view that a workflow opens with", () => {
  it("is all of it as long as it can be read", () => {
    expect(openingView({ x: 0, y: 0, width: 1_700, height: 1_100 }, step(0, 0), room)).toBeNull();
    expect(openingView({ x: 0, y: 0, width: 200, height: 60 }, step(0, 0), room)).toBeNull();
  });

  it("begins with the first step of a tall one, in the middle of its width", () => {
    const bounds = { x: 40, y: -20, width: 200, height: 4_000 };
    const view = openingView(bounds, step(40, -20), room)!;
    expect(shown(view, { x: 140, y: -20 })).toEqual({ x: 500, y: 100 });
  });

  it("holds the first step in the middle of one that is tall and wide, and shows no room beyond its ends", () => {
    const bounds = { x: 0, y: 0, width: 6_000, height: 4_000 };
    const middle = openingView(bounds, step(2_900, 0), room)!;
    expect(shown(middle, { x: 3_000, y: 0 })).toEqual({ x: 500, y: 100 });
    const atLeft = openingView(bounds, step(0, 0), room)!;
    expect(shown(atLeft, { x: 0, y: 0 })).toEqual({ x: 50, y: 100 });
    const atRight = openingView(bounds, step(5_800, 3_940), room)!;
    expect(shown(atRight, { x: 6_000, y: 4_000 })).toEqual({ x: 950, y: 700 });
  });
});
