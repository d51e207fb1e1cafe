import type { CanvasEdge, CanvasNode } from "@/components/canvas/flow";
import type { Point, Size } from "@/components/canvas/geometry";

/** What is under way, or chosen, and not in the draft. */
export interface Overlay {
  selected: ReadonlySet<string>;
  moved: ReadonlyMap<string, Point>;
  sized: ReadonlyMap<string, Size>;
}

/** What is being dragged lies above everything. */
const UNDER_WAY = 1_000;

/** Nodes with what is selected and under way. A node that looks as before stays the same object, so that only others are drawn anew. */
export class DrawnNodes {
  #known = new WeakMap<CanvasNode, CanvasNode>();

  draw(nodes: readonly CanvasNode[], { selected, moved, sized }: Overlay): CanvasNode[] {
    return nodes.map((node) => {
      if (node.type === "slot") return node;
      const isSelected = selected.has(node.id);
      const position = moved.get(node.id);
      const size = sized.get(node.id);
      const before = this.#known.get(node);
      if (position === undefined && size === undefined && before?.selected === isSelected) return before;
      const plain = { ...node, selected: isSelected } as CanvasNode;
      if (position === undefined && size === undefined) {
        this.#known.set(node, plain);
        return plain;
      }
      return { ...plain, ...size, ...(position === undefined ? {} : { position, zIndex: UNDER_WAY }) } as CanvasNode;
    });
  }
}

export class DrawnEdges {
  #known = new WeakMap<CanvasEdge, CanvasEdge>();

  draw(edges: readonly CanvasEdge[], selected: readonly string[]): CanvasEdge[] {
    const chosen = new Set(selected);
    return edges.map((edge) => {
      const isSelected = chosen.has(edge.id);
      const before = this.#known.get(edge);
      if (before?.selected === isSelected) return before;
      const drawn: CanvasEdge = { ...edge, selectable: true, focusable: true, interactionWidth: 16, selected: isSelected };
      this.#known.set(edge, drawn);
      return drawn;
    });
  }
}
