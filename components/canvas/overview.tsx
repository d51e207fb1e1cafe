import { MiniMap } from "@xyflow/react";
import type { CanvasNode } from "./flow";

/** Smaller workflows are seen whole. */
const OVERVIEW_FROM = 15;

/** The whole of a large workflow in a corner, to move the view by. `count`: of its steps. */
export function Overview({ count }: { count: number }) {
  if (count <= OVERVIEW_FROM) return null;
  return <MiniMap pannable zoomable className="max-lg:hidden" ariaLabel="Overview" nodeColor={colorOf} bgColor="var(--card)" maskColor="color-mix(in oklch, var(--canvas) 70%, transparent)" />;
}

function colorOf({ type }: CanvasNode): string {
  return type === "step" ? "var(--muted-foreground)" : type === "note" ? "var(--warning)" : "var(--frame)";
}
