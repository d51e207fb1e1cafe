import { nameOfAnnotation, nameOfNode } from "./canvas-names";
import { noteNodeId, type CanvasNode, type Flow, type NoteNode, type SlotNode, type StepNode } from "./flow";
import type { Box } from "./geometry";
import { descendantsOf, indexOf } from "./graph-index";
import { layOut, type LayoutOptions } from "./layout";
import { projectLinks } from "./project-links";
import type { Graph, GraphAnnotation, GraphNode } from "./read-graph";
import { portsOf, slotsOf, type KindShapes } from "./shapes";
import { slotId } from "./slot-id";

/** The definition as React Flow draws it: parents before children, each slot a frame of its own inside its container. */
export function projectToFlow(graph: Graph, options: LayoutOptions): Flow {
  const { shapes, isCollapsed = (node) => node.isCollapsed } = options;
  const layout = layOut(graph, options);
  const { inSlot } = indexOf(graph);
  const nodes: CanvasNode[] = graph.annotations.map(noteNode);
  const add = (node: GraphNode, depth: number) => {
    const box = layout.nodes.get(node.id);
    if (box === undefined) return;
    const slots = slotsOf(node, graph, shapes);
    const isShut = slots !== null && isCollapsed(node);
    nodes.push(stepNode(node, box, depth, { graph, shapes, isContainer: slots !== null, hidden: isShut ? descendantsOf(node.id, graph) : null }));
    for (const slot of isShut ? [] : (slots ?? [])) {
      const children = inSlot.get(slotId(node.id, slot)) ?? [];
      const frame = layout.slots.get(slotId(node.id, slot));
      if (frame === undefined) continue;
      nodes.push(slotNode(node.id, slot, frame, children.length === 0, depth));
      for (const child of children) add(child, depth + 1);
    }
  };
  for (const node of inSlot.get("") ?? []) add(node, 0);
  return { nodes, edges: projectLinks(graph, layout) };
}

interface Drawing {
  graph: Graph;
  shapes: KindShapes;
  isContainer: boolean;
  hidden: string[] | null;
}

function stepNode(node: GraphNode, box: Box, depth: number, { graph, shapes, isContainer, hidden }: Drawing): StepNode {
  const shape = shapes[node.kind];
  const title = shape?.title ?? node.kind;
  const { leaving, entered } = indexOf(graph);
  const ports = portsOf(node, graph, shapes);
  const used = new Set((leaving.get(node.id) ?? []).map(({ port }) => port));
  return {
    id: node.id,
    type: isContainer ? "container" : "step",
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    zIndex: depth * 2,
    ...(node.parent === null ? {} : { parentId: slotId(node.parent.id, node.parent.slot) }),
    ariaLabel: nameOfNode(node, title, hidden?.length ?? 0),
    data: {
      node,
      title,
      icon: shape?.icon ?? "",
      group: shape?.group ?? "",
      isKnown: shape !== undefined,
      ports,
      openPorts: ports.filter((port) => !used.has(port)),
      hasInput: entered.has(node.id),
      hidden,
    },
  };
}

function slotNode(container: string, slot: string, box: Box, isEmpty: boolean, depth: number): SlotNode {
  return {
    id: slotId(container, slot),
    type: "slot",
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    parentId: container,
    zIndex: depth * 2 + 1,
    draggable: false,
    selectable: false,
    focusable: false,
    data: { label: slot, isEmpty },
  };
}

/** Notes lie below the steps, so that one can be stuck around a group of them. */
function noteNode(annotation: GraphAnnotation): NoteNode {
  const { x, y, width, height } = annotation.box;
  return { id: noteNodeId(annotation.id), type: "note", position: { x, y }, width, height, zIndex: -1, ariaLabel: nameOfAnnotation(annotation), data: { annotation } };
}
