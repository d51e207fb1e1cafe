"use client";

import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { ROW_GAP } from "./automatic-boxes";
import { linkPoints, roundedPath } from "./link-path";
import type { CanvasEdge } from "./flow";

const LABEL_ABOVE_TARGET = 26;

export const LinkEdge = memo(function LinkEdge({ data, markerEnd, sourceX, sourceY, targetX, targetY }: EdgeProps<CanvasEdge>) {
  const points = linkPoints({ x: sourceX, y: sourceY }, data?.stops ?? [], ROW_GAP);
  const isError = data?.port === "error";
  return (
    <>
      <BaseEdge
        path={roundedPath(points)}
        markerEnd={markerEnd}
        style={{ strokeWidth: 1.5, stroke: isError ? "var(--destructive)" : "var(--muted-foreground)", strokeDasharray: data?.when ? "5 4" : undefined }}
      />
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
