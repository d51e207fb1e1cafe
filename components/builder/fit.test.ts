import { getViewportForBounds } from "@xyflow/system";
import { expect, it } from "vitest";
import { FIT } from "./builder-canvas";

it("fits the tallest and the widest workflow clear of the tools at the upper edge", () => {
  const view = { width: 1_216, height: 570 };
  for (const bounds of [{ x: -40, y: 200, width: 232, height: 3_000 }, { x: 0, y: 0, width: 5_000, height: 400 }, { x: 0, y: 0, width: 232, height: 60 }]) {
    const { x, y, zoom } = getViewportForBounds(bounds, view.width, view.height, 0.15, FIT.maxZoom, FIT.padding);
    expect(bounds.y * zoom + y).toBeGreaterThanOrEqual(95);
    expect((bounds.y + bounds.height) * zoom + y).toBeLessThanOrEqual(view.height);
    expect(bounds.x * zoom + x).toBeGreaterThanOrEqual(0);
    expect((bounds.x + bounds.width) * zoom + x).toBeLessThanOrEqual(view.width);
  }
});
