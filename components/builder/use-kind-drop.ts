"use client";

import { useReactFlow } from "@xyflow/react";
import { useState, type DragEvent } from "react";
import type { Flow } from "@/components/canvas/flow";
import { STEP } from "@/components/canvas/layout";
import type { BuilderActions } from "./builder-actions";
import { isArranged, type Draft } from "./draft";
import { areaAround, edgeThrough } from "./edge-hits";
import { DRAGGED_KIND } from "./kind-list";
import { freeze, slotAt } from "./slot-boxes";

/** A kind dragged from the palette: into the middle of an edge, into a frame, or out in the open. */
export function useKindDrop({ draft, flow, actions }: { draft: Draft; flow: Flow; actions: BuilderActions }) {
  const { screenToFlowPosition } = useReactFlow();
  const [target, setTarget] = useState<string | null>(null);
  const lookAt = (event: DragEvent) => {
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    return { point, edge: edgeThrough(flow, areaAround(point), () => true), hit: slotAt(flow.nodes, point, new Set()) };
  };
  return {
    target,
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED_KIND)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      const { edge, hit } = lookAt(event);
      setTarget(edge?.id ?? (hit.key === "" ? null : hit.key));
    },
    onDragLeave: () => setTarget(null),
    onDrop: (event: DragEvent) => {
      setTarget(null);
      const kind = event.dataTransfer.getData(DRAGGED_KIND);
      if (kind === "") return;
      event.preventDefault();
      const { point, edge, hit } = lookAt(event);
      if (edge?.data !== undefined) {
        actions.insert(kind, { at: "edge", index: edge.data.index });
        return;
      }
      const { parent, key, corner } = hit;
      const isPut = key === "" ? draft.nodes.length > 0 : isArranged(draft, key);
      const position = { x: point.x - corner.x - STEP.width / 2, y: point.y - corner.y - STEP.height / 2 };
      actions.insert(kind, { at: "free", parent, ...(isPut ? { position } : {}) }, (current) => (isPut ? freeze(current, flow.nodes, key) : current));
    },
  };
}
