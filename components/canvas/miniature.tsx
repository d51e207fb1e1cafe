import { useMemo } from "react";
import { cn } from "@/components/ui/class-names";
import { kindShapes } from "./catalog";
import type { CanvasNode, Flow } from "./flow";
import type { Point } from "./geometry";
import { projectToFlow } from "./project-to-flow";
import { readGraph } from "./read-graph";

const MARGIN = 24;

const FILLS: Readonly<Record<string, string>> = {
  Triggers: "fill-status-succeeded",
  Data: "fill-primary",
  Network: "fill-status-running",
  People: "fill-status-waiting",
  AI: "fill-status-waiting",
  Runs: "fill-status-blocked",
};

interface Placed {
  node: CanvasNode;
  x: number;
  y: number;
}

/** A small picture of a definition, drawn from the same projection as the canvas. */
export function Miniature({ document, label, className }: { document: unknown; label: string; className?: string }) {
  const { placed, edges, width, height } = useMemo(() => draw(document), [document]);
  return (
    <svg role="img" aria-label={label} viewBox={`${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`} preserveAspectRatio="xMidYMid meet" className={cn("size-full", className)}>
      {placed.filter(({ node }) => node.type === "container" || node.type === "slot").map(({ node, x, y }) => (
        <rect key={node.id} x={x} y={y} width={node.width} height={node.height} rx={14} className={node.type === "slot" ? "fill-card/60 stroke-border" : "fill-frame stroke-border"} strokeWidth={3} strokeDasharray={node.type === "slot" ? "10 8" : undefined} />
      ))}
      {edges.map(({ id, from, to }) => (
        <path key={id} d={`M ${from.x} ${from.y} C ${from.x} ${(from.y + to.y) / 2}, ${to.x} ${(from.y + to.y) / 2}, ${to.x} ${to.y}`} className="fill-none stroke-muted-foreground/70" strokeWidth={4} />
      ))}
      {placed.filter(({ node }) => node.type === "step").map(({ node, x, y }) => (
        <g key={node.id}>
          <rect x={x} y={y} width={node.width} height={node.height} rx={12} className="fill-card stroke-border" strokeWidth={3} />
          <rect x={x + 14} y={y + 14} width={32} height={32} rx={8} className={cn("opacity-80", FILLS[node.type === "step" ? node.data.group : ""] ?? "fill-muted-foreground")} />
          <rect x={x + 60} y={y + 23} width={Math.max(40, (node.width ?? 0) - 110)} height={14} rx={7} className="fill-muted-foreground/35" />
        </g>
      ))}
    </svg>
  );
}

function draw(document: unknown) {
  const flow = projectToFlow(readGraph(document), { shapes: kindShapes, isCollapsed: () => false });
  const placed = place(flow);
  const byId = new Map(placed.map((entry) => [entry.node.id, entry]));
  const edges = flow.edges.flatMap(({ id, source, target }) => {
    const [from, to] = [byId.get(source), byId.get(target)];
    return from === undefined || to === undefined ? [] : [{ id, from: bottomOf(from), to: topOf(to) }];
  });
  const width = Math.max(200, ...placed.map(({ node, x }) => x + (node.width ?? 0)));
  const height = Math.max(100, ...placed.map(({ node, y }) => y + (node.height ?? 0)));
  return { placed, edges, width, height };
}

/** Positions on the whole picture; parents come before their children. */
function place({ nodes }: Flow): Placed[] {
  const origins = new Map<string, Point>();
  return nodes.map((node) => {
    const origin = origins.get(node.parentId ?? "") ?? { x: 0, y: 0 };
    const at = { x: origin.x + node.position.x, y: origin.y + node.position.y };
    origins.set(node.id, at);
    return { node, ...at };
  });
}

function bottomOf({ node, x, y }: Placed): Point {
  return { x: x + (node.width ?? 0) / 2, y: y + (node.height ?? 0) };
}

function topOf({ node, x, y }: Placed): Point {
  return { x: x + (node.width ?? 0) / 2, y };
}
