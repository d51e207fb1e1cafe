"use client";

import "@xyflow/react/dist/base.css";
import { Background, BackgroundVariant, Controls, MarkerType, MiniMap, Panel, ReactFlow, useReactFlow, type EdgeTypes, type FinalConnectionState, type NodeTypes } from "@xyflow/react";
import { useMemo, type DragEvent, type ReactNode } from "react";
import { ContainerNode, SlotNode } from "@/components/canvas/container-node";
import { CanvasEditingContext, DropTargetContext, type CanvasEditing } from "@/components/canvas/editing";
import { CanvasMarksContext, type CanvasMarks } from "@/components/canvas/marks";
import type { CanvasEdge, CanvasNode, Flow } from "@/components/canvas/project-to-flow";
import { StepNode } from "@/components/canvas/step-node";
import { useTheme } from "@/components/theme/use-theme";
import { edgeIndexOf, type BuilderActions } from "./builder-actions";
import { BuilderEdge } from "./builder-edge";
import { connectionObjection } from "./connections";
import { isArranged, portOf, type Draft } from "./draft";
import type { EditSession } from "./edit-session";
import type { Place } from "./insert-node";
import { DRAGGED_KIND } from "./kind-list";
import { Reveal } from "./reveal";
import { freeze, slotAt } from "./slot-boxes";
import { useNodeDrag } from "./use-node-drag";
import type { Selection } from "./use-selection";

const nodeTypes: NodeTypes = { step: StepNode, container: ContainerNode, slot: SlotNode };
const edgeTypes: EdgeTypes = { link: BuilderEdge };
const edgeDefaults = { markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 } } as const;
export const FIT = { padding: 0.15, maxZoom: 1 } as const;

export interface BuilderCanvasProps {
  draft: Draft;
  flow: Flow;
  session: EditSession;
  selection: Selection;
  actions: BuilderActions;
  marks: CanvasMarks;
  /** Node to bring into view; a new object does it again. */
  revealed: { id: string } | null;
  onAdd: (place: Place) => void;
  label: string;
  toolbar: ReactNode;
}

/** The draft under edit. Gestures become edits; nothing is kept here but what is being dragged. */
export function BuilderCanvas({ draft, flow, session, selection, actions, marks, revealed, onAdd, label, toolbar }: BuilderCanvasProps) {
  const { resolved } = useTheme();
  const { screenToFlowPosition } = useReactFlow();
  const drag = useNodeDrag({ draft, nodes: flow.nodes, session, actions });
  const nodes = useMemo(() => {
    const selected = new Set(selection.nodes);
    return flow.nodes.map((node): CanvasNode => {
      if (node.type === "slot") return { ...node, draggable: false };
      const position = drag.moved.get(node.id);
      return { ...node, ...(position === undefined ? {} : { position, zIndex: UNDER_WAY }), selected: selected.has(node.id) } as CanvasNode;
    });
  }, [flow, selection.nodes, drag.moved]);
  const edges = useMemo(() => flow.edges.map((edge): CanvasEdge => ({ ...edge, selectable: true, focusable: true, interactionWidth: 16, selected: selection.edges.includes(edge.id) })), [flow, selection.edges]);
  const editing = useMemo(
    (): CanvasEditing => ({
      addAfter: (from, port) => onAdd({ at: "port", from, port }),
      addInside: (id, slot) => onAdd({ at: "free", parent: { id, slot } }),
      insertInto: (index) => onAdd({ at: "edge", index }),
      usedPorts: new Set(draft.edges.map((edge) => `${edge.from}:${portOf(edge)}`)),
    }),
    [draft, onAdd],
  );
  const dropKind = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED_KIND);
    if (kind === "") return;
    event.preventDefault();
    const edge = edgeUnder(event.clientX, event.clientY);
    if (edge !== null) {
      actions.insert(kind, { at: "edge", index: edge });
      return;
    }
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const { parent, key, corner } = slotAt(flow.nodes, point, new Set());
    const isPut = key === "" ? draft.nodes.length > 0 : isArranged(draft, key);
    const position = { x: point.x - corner.x - 116, y: point.y - corner.y - 30 };
    actions.insert(kind, { at: "free", parent, ...(isPut ? { position } : {}) }, (current) => (isPut ? freeze(current, flow.nodes, key) : current));
  };
  const endConnection = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { fromHandle, fromNode, toHandle } = state;
    if (state.isValid === true || fromHandle?.type !== "source" || fromNode === null) return;
    const { clientX, clientY } = "changedTouches" in event ? event.changedTouches[0]! : event;
    const from = fromNode.id;
    const port = fromHandle.id ?? "out";
    const to = toHandle?.nodeId ?? nodeUnder(clientX, clientY);
    if (to === null) onAdd({ at: "port", from, port });
    else if (to !== from) actions.connect({ from, port, to });
  };
  return (
    <CanvasMarksContext value={marks}>
      <CanvasEditingContext value={editing}>
        <DropTargetContext value={drag.target}>
          <ReactFlow<CanvasNode, CanvasEdge>
            aria-label={label}
            colorMode={resolved}
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            defaultEdgeOptions={edgeDefaults}
            onNodesChange={(changes) => {
              selection.applyNodeChanges(changes);
              drag.applyPositions(changes);
            }}
            onEdgesChange={selection.applyEdgeChanges}
            onNodeDragStart={drag.start}
            onNodeDrag={(event, _node, dragged) => drag.over(event, dragged)}
            onNodeDragStop={(event, _node, dragged) => drag.stop(event, dragged)}
            onSelectionDragStart={drag.start}
            onSelectionDragStop={(event, dragged) => drag.stop(event, dragged)}
            isValidConnection={({ source, sourceHandle, target }) => connectionObjection(draft, { from: source, port: sourceHandle ?? "out", to: target }) === null}
            onConnect={({ source, sourceHandle, target }) => actions.connect({ from: source, port: sourceHandle ?? "out", to: target })}
            onConnectEnd={endConnection}
            onDragOver={(event) => {
              event.preventDefault();
              event.dataTransfer.dropEffect = "copy";
            }}
            onDrop={dropKind}
            fitView
            fitViewOptions={FIT}
            minZoom={0.15}
            maxZoom={1.75}
            snapToGrid
            snapGrid={SNAP}
            elevateNodesOnSelect={false}
            deleteKeyCode={null}
            multiSelectionKeyCode={MULTI_KEYS}
            onlyRenderVisibleElements={flow.nodes.length > 150}
          >
            <Reveal revealed={revealed} selected={selection.nodes.length === 1 ? selection.nodes[0]! : null} />
            <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--canvas-dot)" />
            <Panel position="top-left">{toolbar}</Panel>
            <Controls showInteractive={false} fitViewOptions={FIT} position="bottom-left" />
            {draft.nodes.length > MINIMAP_FROM ? <MiniMap pannable zoomable className="max-lg:hidden" ariaLabel="Overview" nodeColor={miniColor} bgColor="var(--card)" maskColor="color-mix(in oklch, var(--canvas) 70%, transparent)" /> : null}
          </ReactFlow>
        </DropTargetContext>
      </CanvasEditingContext>
    </CanvasMarksContext>
  );
}

/** Smaller workflows are seen whole. */
const MINIMAP_FROM = 15;
/** What is being dragged lies above everything. */
const UNDER_WAY = 1_000;
const SNAP: [number, number] = [10, 10];
const MULTI_KEYS = ["Meta", "Control"];

function miniColor({ type }: CanvasNode): string {
  return type === "step" ? "var(--muted-foreground)" : "var(--frame)";
}

function nodeUnder(x: number, y: number): string | null {
  const node = document.elementsFromPoint(x, y).find((element) => element.matches(".react-flow__node-step, .react-flow__node-step *, .react-flow__node-container, .react-flow__node-container *"));
  return node?.closest(".react-flow__node")?.getAttribute("data-id") ?? null;
}

function edgeUnder(x: number, y: number): number | null {
  const edge = document.elementsFromPoint(x, y).find((element) => element.closest(".react-flow__edge") !== null);
  const id = edge?.closest(".react-flow__edge")?.getAttribute("data-id");
  return id == null ? null : edgeIndexOf(id);
}
