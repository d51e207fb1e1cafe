"use client";

import { useReactFlow, type NodeChange } from "@xyflow/react";
import { useRef, useState } from "react";
import type { CanvasNode } from "@/components/canvas/project-to-flow";
import type { BuilderActions } from "./builder-actions";
import type { Draft, Point } from "./draft";
import { dropNodes, dropTarget, nudgeNodes } from "./drop-nodes";
import type { EditSession } from "./edit-session";

type PointerOfDrag = MouseEvent | TouchEvent | React.MouseEvent | React.TouchEvent;

interface DragSource {
  draft: Draft;
  nodes: readonly CanvasNode[];
  session: EditSession;
  actions: BuilderActions;
}

/** Dragging, with the pointer or the arrow keys: what is under way lives here, and becomes one edit at its end. */
export function useNodeDrag({ draft, nodes, session, actions }: DragSource) {
  const { screenToFlowPosition } = useReactFlow();
  const isDragging = useRef(false);
  const [moved, setMoved] = useState<ReadonlyMap<string, Point>>(NOTHING);
  const [target, setTarget] = useState<string | null>(null);
  const dropAt = (event: PointerOfDrag, dragged: readonly CanvasNode[]) => {
    const point = screenToFlowPosition(pointOf(event));
    return { draft, nodes, moved: new Map(dragged.map(({ id, position }) => [id, position])), point };
  };
  return {
    moved,
    target,
    applyPositions: (changes: readonly NodeChange<CanvasNode>[]) => {
      const positions = new Map(changes.flatMap((change) => (change.type === "position" && change.position !== undefined ? [[change.id, change.position] as const] : [])));
      if (positions.size === 0) return;
      if (isDragging.current) setMoved((current) => new Map([...current, ...positions]));
      else session.apply("move", (current) => nudgeNodes(current, nodes, positions), "nudge");
    },
    start: () => {
      isDragging.current = true;
    },
    over: (event: PointerOfDrag, dragged: readonly CanvasNode[]) => {
      const { key, isMove } = dropTarget(dropAt(event, dragged));
      setTarget(isMove ? key : null);
    },
    stop: (event: PointerOfDrag, dragged: readonly CanvasNode[]) => {
      isDragging.current = false;
      const drop = dropAt(event, dragged);
      const isAnywhere = dragged.some(({ id, position }) => {
        const before = nodes.find((node) => node.id === id)?.position;
        return before !== undefined && (Math.abs(before.x - position.x) > 2 || Math.abs(before.y - position.y) > 2);
      });
      if (isAnywhere) actions.move((current) => dropNodes({ ...drop, draft: current }));
      setMoved(NOTHING);
      setTarget(null);
    },
  };
}

const NOTHING: ReadonlyMap<string, Point> = new Map();

function pointOf(event: PointerOfDrag): Point {
  const pointer = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: pointer?.clientX ?? 0, y: pointer?.clientY ?? 0 };
}
