"use client";

import "@xyflow/react/dist/base.css";
import { Background, BackgroundVariant, Controls, MarkerType, Panel, ReactFlow, SelectionMode, type EdgeTypes, type FinalConnectionState, type NodeTypes } from "@xyflow/react";
import { useMemo, useState, type MouseEvent as ReactMouseEvent, type ReactNode } from "react";
import { ContainerNode, SlotNode } from "@/components/canvas/container-node";
import { CanvasEditingContext, DropTargetContext, FoldingContext, type CanvasEditing } from "@/components/canvas/editing";
import type { CanvasEdge, CanvasNode, Flow } from "@/components/canvas/flow";
import type { Size } from "@/components/canvas/geometry";
import { CanvasMarksContext, type CanvasMarks } from "@/components/canvas/marks";
import { NamedNodes } from "@/components/canvas/named-nodes";
import { NoteNode } from "@/components/canvas/note-node";
import { Overview } from "@/components/canvas/overview";
import { Reveal } from "@/components/canvas/reveal";
import { StepNode } from "@/components/canvas/step-node";
import { useTheme } from "@/components/theme/use-theme";
import { AddToSelection, MULTI_KEYS } from "./add-to-selection";
import { AlignBar } from "./align-bar";
import type { BuilderActions } from "./builder-actions";
import { BuilderEdge } from "./builder-edge";
import { OpenAtBeginning } from "./open-at-beginning";
import { READER_TEXTS } from "./reader-texts";
import { connectionObjection } from "./connections";
import { findNode, type Draft, type Point } from "./draft";
import { DrawnEdges, DrawnNodes } from "./drawn-nodes";
import type { EditSession } from "./edit-session";
import { GuideLines } from "./guide-lines";
import { menuFor } from "./menu-commands";
import type { Command } from "./shortcuts";
import { useKindDrop } from "./use-kind-drop";
import { useNodeDrag } from "./use-node-drag";
import type { Selection } from "./use-selection";

const nodeTypes: NodeTypes = { step: StepNode, container: ContainerNode, slot: SlotNode, note: NoteNode };
const edgeTypes: EdgeTypes = { link: BuilderEdge };
const edgeDefaults = { markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 } } as const;
/** Clear of the tools at its upper edge: pixels, and shares of the canvas. */
const CLEAR = { top: 100, right: 0.05, bottom: 0.03, left: 0.05 };
export const FIT = { padding: { top: `${CLEAR.top}px`, right: `${CLEAR.right * 100}%`, bottom: `${CLEAR.bottom * 100}%`, left: `${CLEAR.left * 100}%` }, maxZoom: 1 } as const;

export interface BuilderCanvasProps {
  draft: Draft;
  flow: Flow;
  session: EditSession;
  selection: Selection;
  actions: BuilderActions;
  editing: CanvasEditing;
  fold: (nodeId: string, isCollapsed: boolean) => void;
  /** Frames and notes whose corner is being dragged. */
  sized: ReadonlyMap<string, Size>;
  marks: CanvasMarks;
  /** Node to bring into view; a new object does it again. */
  revealed: { id: string } | null;
  /** Dragging on the canvas selects an area instead of moving the view, and a click adds to the selection. */
  isSelecting: boolean;
  run: (command: Command) => void;
  /** What is selected is to be set up. */
  onOpen: (id: string) => void;
  /** A menu is asked for at a place of the window. */
  onMenu: (at: Point) => void;
  label: string;
  toolbar: ReactNode;
  /** Drawn on the canvas. */
  children?: ReactNode;
}

/** The draft under edit. Gestures become edits; nothing is kept here but what is being dragged. */
export function BuilderCanvas({ draft, flow, session, selection, actions, editing, fold, sized, marks, revealed, isSelecting, run, onOpen, onMenu, label, toolbar, children }: BuilderCanvasProps) {
  const { resolved } = useTheme();
  const drag = useNodeDrag({ draft, flow, session, actions });
  const kindDrop = useKindDrop({ draft, flow, actions });
  const [drawnNodes] = useState(() => new DrawnNodes());
  const [drawnEdges] = useState(() => new DrawnEdges());
  const [names] = useState(() => new NamedNodes());
  const named = useMemo(() => names.name(flow.nodes, marks.marks), [names, flow.nodes, marks.marks]);
  const nodes = useMemo(() => drawnNodes.draw(named, { selected: new Set(selection.nodes), moved: drag.moved, sized }), [drawnNodes, named, selection.nodes, drag.moved, sized]);
  const edges = useMemo(() => drawnEdges.draw(flow.edges, selection.edges), [drawnEdges, flow.edges, selection.edges]);
  const askForMenu = (event: MouseEvent | ReactMouseEvent, nodes: readonly string[], chosenEdges: readonly string[] = []) => {
    // What is written in has a menu of its own.
    if (event.target instanceof Element && event.target.closest("textarea, input") !== null) return;
    event.preventDefault();
    const isWithin = nodes.every((id) => selection.nodes.includes(id)) && chosenEdges.every((id) => selection.edges.includes(id)) && nodes.length + chosenEdges.length > 0;
    if (!isWithin) selection.select(nodes, chosenEdges);
    onMenu({ x: event.clientX, y: event.clientY });
  };
  const endConnection = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { fromHandle, fromNode, toHandle } = state;
    if (state.isValid === true || fromHandle?.type !== "source" || fromNode === null) return;
    const { clientX, clientY } = "changedTouches" in event ? event.changedTouches[0]! : event;
    const from = fromNode.id;
    const port = fromHandle.id ?? "out";
    const to = toHandle?.nodeId ?? nodeUnder(clientX, clientY);
    if (to === null) editing.addAfter(from, port);
    else if (to !== from) actions.connect({ from, port, to });
  };
  const selected = selection.nodes.length === 1 ? selection.nodes[0]! : null;
  return (
    <CanvasMarksContext value={marks}>
      <CanvasEditingContext value={editing}>
        <FoldingContext value={fold}>
          <DropTargetContext value={drag.target ?? kindDrop.target}>
            <ReactFlow<CanvasNode, CanvasEdge>
              aria-label={label}
              ariaLabelConfig={READER_TEXTS}
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
              onNodeDrag={drag.over}
              onNodeDragStop={drag.stop}
              onSelectionDragStart={drag.start}
              onSelectionDrag={drag.over}
              onSelectionDragStop={drag.stop}
              isValidConnection={({ source, sourceHandle, target }) => connectionObjection(draft, { from: source, port: sourceHandle ?? "out", to: target }) === null}
              onConnect={({ source, sourceHandle, target }) => actions.connect({ from: source, port: sourceHandle ?? "out", to: target })}
              onConnectEnd={endConnection}
              onNodeDoubleClick={(_event, node) => (findNode(draft, node.id) === undefined ? undefined : onOpen(node.id))}
              // Of a slot: the frame that it belongs to.
              onNodeContextMenu={(event, node) => askForMenu(event, [node.type === "slot" ? (node.parentId ?? node.id) : node.id])}
              onEdgeContextMenu={(event, edge) => askForMenu(event, [], [edge.id])}
              onPaneContextMenu={(event) => askForMenu(event, [])}
              onSelectionContextMenu={(event) => askForMenu(event, selection.nodes)}
              onDragOver={kindDrop.onDragOver}
              onDragLeave={kindDrop.onDragLeave}
              onDrop={kindDrop.onDrop}
              fitView
              fitViewOptions={FIT}
              minZoom={0.15}
              maxZoom={1.75}
              zoomOnDoubleClick={false}
              snapToGrid
              snapGrid={SNAP}
              elevateNodesOnSelect={false}
              // Selecting opens the panel beside the canvas, which would move what is being dragged away from the pointer.
              selectNodesOnDrag={false}
              deleteKeyCode={null}
              multiSelectionKeyCode={MULTI_KEYS}
              selectionOnDrag={isSelecting}
              selectionMode={SelectionMode.Partial}
              panOnDrag={isSelecting ? OTHER_BUTTONS : true}
              onlyRenderVisibleElements={flow.nodes.length > 150}
            >
              <OpenAtBeginning flow={flow} selected={selected} padding={CLEAR} />
              <AddToSelection isOn={isSelecting} />
              <Reveal revealed={revealed} selected={selected} />
              {children}
              <GuideLines guides={drag.guides} />
              <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--canvas-dot)" />
              <Panel position="top-left" className="flex flex-wrap gap-2">
                {toolbar}
                {selection.nodes.length > 1 ? <AlignBar count={selection.nodes.length} groups={menuFor(draft, selection.nodes, selection.edges)} run={run} /> : null}
              </Panel>
              <Controls showInteractive={false} fitViewOptions={FIT} position="bottom-left" />
              <Overview count={draft.nodes.length} />
            </ReactFlow>
          </DropTargetContext>
        </FoldingContext>
      </CanvasEditingContext>
    </CanvasMarksContext>
  );
}

const SNAP: [number, number] = [10, 10];
/** The view is moved with the middle or the right button then. */
const OTHER_BUTTONS = [1, 2];

function nodeUnder(x: number, y: number): string | null {
  const node = document.elementsFromPoint(x, y).find((element) => element.matches(".react-flow__node-step, .react-flow__node-step *, .react-flow__node-container, .react-flow__node-container *"));
  return node?.closest(".react-flow__node")?.getAttribute("data-id") ?? null;
}
