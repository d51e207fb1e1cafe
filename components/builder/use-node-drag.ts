"use client";

import { useReactFlow, type NodeChange } from "@xyflow/react";
import { useRef, useState } from "react";
import { annotationOf, type CanvasNode, type Flow } from "@/components/canvas/flow";
import { plus, type Box, type Point } from "@/components/canvas/geometry";
import type { BuilderActions } from "./builder-actions";
import type { Draft } from "./draft";
import { dropNodes, dropTarget, nudgeNodes } from "./drop-nodes";
import type { EditSession } from "./edit-session";
import { snapTo, type Guide } from "./snap-guides";

type PointerOfDrag = MouseEvent | TouchEvent | React.MouseEvent | React.TouchEvent;

interface DragSource {
  draft: Draft;
  flow: Flow;
  session: EditSession;
  actions: BuilderActions;
}

/** Dragging, with the pointer or the arrow keys: what is under way lives here, and becomes one edit at its end. */
export function useNodeDrag({ draft, flow, session, actions }: DragSource) {
  const { screenToFlowPosition } = useReactFlow();
  const isDragging = useRef(false);
  const latest = useRef<ReadonlyMap<string, Point>>(NOTHING);
  const [moved, setMoved] = useState<ReadonlyMap<string, Point>>(NOTHING);
  const [guides, setGuides] = useState<readonly Guide[]>(NO_GUIDES);
  const [target, setTarget] = useState<string | null>(null);
  const show = (positions: ReadonlyMap<string, Point>) => {
    latest.current = positions;
    setMoved(positions);
  };
  const dropAt = (event: PointerOfDrag) => ({ draft, flow, moved: latest.current, point: screenToFlowPosition(pointOf(event)) });
  return {
    moved,
    target,
    guides,
    applyPositions: (changes: readonly NodeChange<CanvasNode>[]) => {
      const positions = new Map(changes.flatMap((change) => (change.type === "position" && change.position !== undefined ? [[change.id, change.position] as const] : [])));
      if (positions.size === 0) return;
      if (!isDragging.current) {
        session.apply("move", (current) => nudgeNodes(current, flow, positions), "nudge");
        return;
      }
      const snapped = snapAmongSiblings(flow, positions);
      setGuides(snapped.guides);
      show(new Map([...latest.current, ...[...positions].map(([id, place]) => [id, plus(place, snapped.by)] as const)]));
    },
    start: () => {
      isDragging.current = true;
    },
    over: (event: PointerOfDrag) => setTarget(latest.current.size === 0 ? null : dropTarget(dropAt(event)).canvasId),
    stop: (event: PointerOfDrag) => {
      isDragging.current = false;
      const drop = dropAt(event);
      const isAnywhere = [...drop.moved].some(([id, { x, y }]) => {
        const before = flow.nodes.find((node) => node.id === id)?.position;
        return before !== undefined && (Math.abs(before.x - x) > 2 || Math.abs(before.y - y) > 2);
      });
      if (isAnywhere) actions.move((current) => dropNodes({ ...drop, draft: current }));
      show(NOTHING);
      setGuides(NO_GUIDES);
      setTarget(null);
    },
  };
}

const NOTHING: ReadonlyMap<string, Point> = new Map();
const NO_GUIDES: readonly Guide[] = [];

/** Only a node that is dragged alone lies down on the lines of others. */
function snapAmongSiblings({ nodes }: Flow, positions: ReadonlyMap<string, Point>) {
  const [only] = positions;
  const node = positions.size === 1 ? nodes.find(({ id }) => id === only?.[0]) : undefined;
  if (node === undefined || only === undefined || annotationOf(node.id) !== null) return { by: { x: 0, y: 0 }, guides: NO_GUIDES };
  const others = nodes.filter(({ id, parentId, type }) => id !== node.id && parentId === node.parentId && type !== "note").map(boxOf);
  const { by, guides } = snapTo({ ...boxOf(node), ...only[1] }, others);
  // Lines are drawn on the whole canvas; within a frame they would need its corner, and there is no room to need them.
  return { by, guides: node.parentId === undefined ? guides : NO_GUIDES };
}

function boxOf({ position, width = 0, height = 0 }: CanvasNode): Box {
  return { ...position, width, height };
}

function pointOf(event: PointerOfDrag): Point {
  const pointer = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: pointer?.clientX ?? 0, y: pointer?.clientY ?? 0 };
}
