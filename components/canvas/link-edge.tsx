"use client";

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, useContext } from "react";
import { CHANGE_LOOK, type Change } from "./change-look";
import { ItemCount } from "./item-count";
import { itemsOnEdge } from "./items-on-edge";
import { linkPoints, middleOf, roundedPath, TURNING_GAP } from "./link-path";
import { CanvasMarksContext } from "./marks";
import type { CanvasEdge } from "./flow";

const LABEL_ABOVE_TARGET = 26;
const CHANGE_ABOVE_TARGET = 46;
const ITEMS_BELOW_SOURCE = 12;
/** A way that the run did not take. */
const UNTAKEN_OPACITY = 0.3;

export const LinkEdge = memo(function LinkEdge({ id, source, target, data, markerEnd, sourceX, sourceY, targetX, targetY }: EdgeProps<CanvasEdge>) {
  const points = linkPoints({ x: sourceX, y: sourceY }, data?.stops ?? [], TURNING_GAP);
  const isError = data?.port === "error";
  const canvasMarks = useContext(CanvasMarksContext);
  const { edgeChanges, edgesTaken } = canvasMarks;
  const items = itemsOnEdge({ id, source, target, port: data?.port ?? "out" }, canvasMarks);
  const middle = middleOf(points);
  const change = edgeChanges?.get(id);
  const isTaken = edgesTaken?.get(id);
  const stroke = change !== undefined ? CHANGE_LOOK[change].color : isError ? "var(--destructive)" : "var(--muted-foreground)";
  return (
    <>
      <BaseEdge
        path={roundedPath(points)}
        markerEnd={markerEnd}
        style={{ strokeWidth: change !== undefined || isTaken === true ? 2.5 : 1.5, opacity: isTaken === false ? UNTAKEN_OPACITY : undefined, stroke, strokeDasharray: change === "removed" ? "2 4" : data?.when ? "5 4" : undefined }}
      />
      {items === null ? null : (
        <EdgeLabelRenderer>
          {/* A condition stands above the target. */}
          <ItemCount items={items} x={middle.x} y={data?.when ? Math.min(middle.y, sourceY + ITEMS_BELOW_SOURCE) : middle.y} />
        </EdgeLabelRenderer>
      )}
      {change === undefined ? null : (
        <EdgeLabelRenderer>
          <span className="absolute rounded-full border bg-card p-0.5" style={{ transform: `translate(-50%, -50%) translate(${targetX}px, ${targetY - CHANGE_ABOVE_TARGET}px)` }}>
            <EdgeChange change={change} />
          </span>
        </EdgeLabelRenderer>
      )}
      {data?.when ? (
        <EdgeLabelRenderer>
          <span
            title={data.when}
            className="nodrag nopan absolute max-w-40 truncate rounded-sm border bg-card px-1.5 py-0.5 font-mono text-[10px] text-muted-foreground"
            style={{ transform: `translate(-50%, -50%) translate(${targetX}px, ${targetY - LABEL_ABOVE_TARGET}px)` }}
          >
            {data.when}
          </span>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});

function EdgeChange({ change }: { change: Change }) {
  const { icon: Icon, label, color } = CHANGE_LOOK[change];
  return (
    <span title={`Connection ${label.toLowerCase()}`}>
      <Icon className="size-3" style={{ color }} aria-hidden />
      <span className="sr-only">Connection {label.toLowerCase()}</span>
    </span>
  );
}
