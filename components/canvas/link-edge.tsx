"use client";

import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import type { CanvasEdge } from "./project-to-flow";

export const LinkEdge = memo(function LinkEdge({ data, markerEnd, ...place }: EdgeProps<CanvasEdge>) {
  const [path, labelX, labelY] = getSmoothStepPath({ ...place, borderRadius: 10 });
  const isError = data?.port === "error";
  return (
    <>
      <BaseEdge
        path={path}
        markerEnd={markerEnd}
        style={{ strokeWidth: 1.5, stroke: isError ? "var(--destructive)" : "var(--muted-foreground)", strokeDasharray: data?.when ? "5 4" : undefined }}
      />
      {data?.when ? (
        <EdgeLabelRenderer>
          <span
            title={data.when}
            className="nodrag nopan absolute max-w-40 truncate rounded-sm border bg-card px-1.5 py-0.5 font-mono text-[10px] text-muted-foreground"
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {data.when}
          </span>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});
