import { describe, expect, it } from "vitest";
import { ADD_SPACE, ROW_GAP } from "./automatic-boxes";
import { kindShapes } from "./catalog";
import { layOut } from "./layout";
import { laneOf, linkPoints, roundedPath, TURNING_GAP } from "./link-path";
import { readGraph } from "./read-graph";

const at = (x: number, y: number) => ({ x, y });
const stop = (x: number, y: number, lane = 0) => ({ x, y, lane });

describe("linkPoints", () => {
  it("goes straight down where it can", () => {
    expect(linkPoints(at(10, 0), [stop(10, 100)], 40)).toEqual([at(10, 0), at(10, 100)]);
  });

  it("turns in the gap above the target", () => {
    expect(linkPoints(at(10, 0), [stop(50, 100)], 40)).toEqual([at(10, 0), at(10, 80), at(50, 80), at(50, 100)]);
  });

  it("passes rows where there is room", () => {
    expect(linkPoints(at(10, 0), [stop(90, 100), stop(90, 200), stop(10, 300, 5)], 40)).toEqual([
      at(10, 0),
      at(10, 80),
      at(90, 80),
      at(90, 285),
      at(10, 285),
      at(10, 300),
    ]);
  });
});

describe("laneOf", () => {
  it("spreads neighbours around the middle of the gap", () => {
    expect([0, 1, 2, 3, 4].map(laneOf)).toEqual([-9, -3, 3, 9, -9]);
  });
});

describe("the buttons below ports", () => {
  it("lie above every turn, with the button in the middle of a link", () => {
    const half = 9;
    for (const lane of [0, 1, 2, 3].map(laneOf)) {
      const [, turn] = linkPoints(at(0, 0), [stop(200, ROW_GAP, lane)], TURNING_GAP);
      expect(turn!.y - half).toBeGreaterThanOrEqual(ADD_SPACE);
    }
  });

  it("lie within the frame around the step", () => {
    const { nodes, slots } = layOut(readGraph({ nodes: [{ id: "each", kind: "forEach", config: { items: [] } }, { id: "ask", kind: "if", config: { condition: true }, parent: { id: "each", slot: "body" } }], edges: [] }), { shapes: kindShapes });
    const [ask, slot] = [nodes.get("ask")!, slots.get("each:body")!];
    expect(slot.height - ask.y - ask.height).toBeGreaterThanOrEqual(ADD_SPACE);
  });
});

describe("roundedPath", () => {
  it("rounds every corner by no more than there is room for", () => {
    expect(roundedPath([at(0, 0), at(0, 40), at(8, 40), at(8, 80)])).toBe("M0,0 L0,36 Q0,40 4,40 L4,40 Q8,40 8,44 L8,80");
    expect(roundedPath([])).toBe("");
  });
});
