"use client";

import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from "@xyflow/react";
import { Trash2 } from "lucide-react";
import { memo, useContext } from "react";
import { AddButton } from "@/components/canvas/add-button";
import { CanvasEditingContext, DropTargetContext } from "@/components/canvas/editing";
import { LinkEdge } from "@/components/canvas/link-edge";
import { ItemCount } from "@/components/canvas/item-count";
import { itemsOnEdge } from "@/components/canvas/items-on-edge";
import { CanvasMarksContext } from "@/components/canvas/marks";
import { linkPoints, middleOf, TURNING_GAP } from "@/components/canvas/link-path";
import type { CanvasEdge } from "@/components/canvas/flow";

/** An edge under edit: it follows its ends while they are dragged, can be selected, and takes a step into its middle. */
export const BuilderEdge = memo(function BuilderEdge(props: EdgeProps<CanvasEdge>) {
  const { id, data, sourceX, sourceY, targetX, targetY, markerEnd, selected } = props;
  const editing = useContext(CanvasEditingContext);
  const isTarget = useContext(DropTargetContext) === id;
  const items = itemsOnEdge({ id, source: props.source, target: props.target, port: data?.port ?? "out" }, useContext(CanvasMarksContext));
  const stops = data?.stops ?? [];
  const end = stops.at(-1);
  const isAtRest = end !== undefined && Math.abs(end.x - targetX) < 4 && Math.abs(end.y - targetY) < 8 && targetY > sourceY;
  const [loosePath, looseX, looseY] = getSmoothStepPath({ ...props, borderRadius: 10 });
  const middle = isAtRest ? middleOf(linkPoints({ x: sourceX, y: sourceY }, stops, TURNING_GAP)) : { x: looseX, y: looseY };
  return (
    <g className={selected || isTarget ? "[&_.react-flow__edge-path]:!stroke-[2.5] [&_.react-flow__edge-path]:!stroke-primary" : undefined}>
      {isAtRest ? (
        <LinkEdge {...props} />
      ) : (
        <BaseEdge path={loosePath} markerEnd={markerEnd} style={{ strokeWidth: 1.5, stroke: data?.port === "error" ? "var(--destructive)" : "var(--muted-foreground)" }} />
      )}
      {editing === null ? null : (
        <EdgeLabelRenderer>
          {isAtRest || items === null ? null : <ItemCount items={items} x={middle.x} y={middle.y} />}
          <AddButton
            label="Insert a step here"
            onAdd={() => editing.insertInto(data?.index ?? -1)}
            className={isTarget ? "absolute size-6 border-primary bg-primary text-primary-foreground" : "absolute size-4.5 opacity-70 hover:opacity-100"}
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
          />
          {selected ? (
            <button
              type="button"
              aria-label="Delete the connection"
              title="Delete the connection (Delete)"
              onClick={() => editing.removeEdge(data?.index ?? -1)}
              className="nodrag nopan pointer-events-auto absolute flex size-7 items-center justify-center rounded-full border bg-card text-destructive shadow-sm hover:bg-accent"
              style={{ transform: `translate(-50%, -50%) translate(${middle.x + 28}px, ${middle.y}px)` }}
            >
              <Trash2 className="size-3.5" aria-hidden />
            </button>
          ) : null}
        </EdgeLabelRenderer>
      )}
    </g>
  );
});
