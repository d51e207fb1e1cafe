"use client";

import "@xyflow/react/dist/base.css";
import {
  Background,
  BackgroundVariant,
  Controls,
  MarkerType,
  ReactFlow,
  useNodesInitialized,
  useReactFlow,
  useStore,
  type EdgeTypes,
  type NodeChange,
  type NodeTypes,
} from "@xyflow/react";
import { useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";
import { useTheme } from "@/components/theme/use-theme";
import { kindShapes } from "./catalog";
import { ContainerNode, SlotNode } from "./container-node";
import { LinkEdge } from "./link-edge";
import { FindButton } from "./find-button";
import { CanvasMarksContext, NO_MARKS, type CanvasMarks } from "./marks";
import { FoldingContext } from "./editing";
import type { CanvasEdge, CanvasNode } from "./flow";
import { ancestorsOf } from "./graph-index";
import { NamedNodes } from "./named-nodes";
import { NoteNode } from "./note-node";
import { Overview } from "./overview";
import { Projection } from "./projection";
import { readGraph } from "./read-graph";
import { Reveal } from "./reveal";
import { StepNode } from "./step-node";

const nodeTypes: NodeTypes = { step: StepNode, container: ContainerNode, slot: SlotNode, note: NoteNode };
const edgeTypes: EdgeTypes = { link: LinkEdge };
const FIT = { padding: 0.12, maxZoom: 1 } as const;
const edgeDefaults = { markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: "var(--muted-foreground)" } } as const;

export interface CanvasProps {
  /** The definition, in whatever shape it is. */
  document: unknown;
  marks?: CanvasMarks;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
  label: string;
}

/** Draws a definition. It owns nothing but the viewport. */
export default function Canvas({ document, marks = NO_MARKS, selected, onSelect, label }: CanvasProps) {
  const { resolved } = useTheme();
  const [projection] = useState(() => new Projection(kindShapes));
  const [folded, setFolded] = useState<ReadonlyMap<string, boolean>>(NONE);
  const fold = useCallback((id: string, isCollapsed: boolean) => setFolded((current) => new Map([...current, [id, isCollapsed]])), []);
  const flow = useMemo(() => {
    // What is selected shows, whatever frame it lies in.
    const around = new Set(selected === null ? [] : ancestorsOf(selected, readGraph(document)));
    return projection.project(document, { isCollapsed: (node) => !around.has(node.id) && (folded.get(node.id) ?? node.isCollapsed) });
  }, [projection, document, selected, folded]);
  const [names] = useState(() => new NamedNodes());
  const nodes = useMemo(() => names.name(flow.nodes, marks.marks).map((node) => (node.id === selected ? { ...node, selected: true } : node)), [names, flow, marks.marks, selected]);
  const graph = useMemo(() => readGraph(document), [document]);
  // A new structure asks for a new view; a change inside a node does not.
  const shape = useMemo(() => graph.nodes.map(({ id, parent }) => `${id}<${parent?.id ?? ""}:${parent?.slot ?? ""}`).join("|"), [graph]);
  const [movedShape, setMovedShape] = useState<string | null>(null);
  const move = () => setMovedShape(shape);
  /** It tells of no event when it moves the view. */
  const moveByOverview = ({ target }: { target: EventTarget }) => (target instanceof Element && target.closest(".react-flow__minimap") !== null ? move() : undefined);
  const selectByChange = (changes: NodeChange<CanvasNode>[]) => {
    const selection = changes.flatMap((change) => (change.type === "select" ? [change] : []));
    const chosen = selection.find((change) => change.selected);
    if (chosen !== undefined) onSelect(chosen.id);
    else if (selection.some((change) => change.id === selected)) onSelect(null);
  };
  return (
    <CanvasMarksContext value={marks}>
      <FoldingContext value={fold}>
      <ReactFlow<CanvasNode, CanvasEdge>
        aria-label={label}
        colorMode={resolved}
        nodes={nodes}
        edges={flow.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        defaultEdgeOptions={edgeDefaults}
        onNodesChange={selectByChange}
        onPaneClick={() => onSelect(null)}
        onMoveStart={(event) => (event === null ? undefined : move())}
        onPointerDownCapture={moveByOverview}
        onWheelCapture={moveByOverview}
        fitView
        fitViewOptions={FIT}
        minZoom={0.15}
        maxZoom={1.75}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        onlyRenderVisibleElements={flow.nodes.length > 150}
      >
        {/* Whoever has moved the view, or looks at a step, sees what they want to. */}
        <FitToShape shape={shape} isOwn={movedShape === shape || selected !== null} />
        <Reveal revealed={null} selected={selected} />
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--canvas-dot)" />
        <Controls showInteractive={false} fitViewOptions={FIT} position="bottom-left" onZoomIn={move} onZoomOut={move}>
          <FindButton nodes={graph.nodes} selected={selected} onSelect={onSelect} />
        </Controls>
        <Overview count={graph.nodes.length} />
      </ReactFlow>
      </FoldingContext>
    </CanvasMarksContext>
  );
}

const NONE: ReadonlyMap<string, boolean> = new Map();

function FitToShape({ shape, isOwn }: { shape: string; isOwn: boolean }) {
  const { fitView } = useReactFlow();
  const isReady = useNodesInitialized();
  useEffect(() => {
    if (isReady) void fitView(FIT);
  }, [shape, isReady, fitView]);
  // What is said above the canvas comes and goes.
  const height = useStore((store) => store.height);
  const fitAnew = useEffectEvent(() => {
    if (isReady && !isOwn) void fitView(FIT);
  });
  useEffect(() => fitAnew(), [height]);
  return null;
}
