import { describe, expect, it } from "vitest";
import type { CanvasNode } from "./flow";
import { NamedNodes } from "./named-nodes";

const nodes = ["pay", "tell"].map((id) => ({ id, type: "step", position: { x: 0, y: 0 }, ariaLabel: `Set: ${id}`, data: {} }) as unknown as CanvasNode);

describe("the names of nodes", () => {
  it("say what is known of them, and leave the others as they are", () => {
    const named = new NamedNodes();
    const marks = new Map([["pay", { status: "failed", note: "2.1 s", errors: 1, isPinned: true }]] as const);
    const drawn = named.name(nodes, marks);
    expect(drawn.map(({ ariaLabel }) => ariaLabel)).toEqual(["Set: pay, Failed, 2.1 s, 1 error, pinned", "Set: tell"]);
    expect(drawn[1]).toBe(nodes[1]);
    expect(named.name(nodes, new Map(marks))[0]).toBe(drawn[0]);
    expect(named.name(nodes, new Map([["pay", { warnings: 2 }]]))[0]?.ariaLabel).toBe("Set: pay, 2 warnings");
  });
});
