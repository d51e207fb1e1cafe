"use client";

import { useReactFlow } from "@xyflow/react";
import { toast } from "@/components/ui/toast";
import { annotationOf, type Flow } from "@/components/canvas/flow";
import { boundsOf } from "@/components/canvas/geometry";
import { useWorkspace } from "@/components/shell/workspace-context";
import { useOpenCalled } from "@/components/workflows/open-called";
import type { Alignment } from "./align-nodes";
import { NEW_NOTE } from "./annotations";
import type { BuilderActions } from "./builder-actions";
import { FIT } from "./builder-canvas";
import type { Opened } from "./builder-dialogs";
import { findNode, portsOfNode, type Draft } from "./draft";
import type { EditSession } from "./edit-session";
import { putClip, takeClip } from "./kept-clip";
import { connectionsFrom, type NamedPlace } from "./places";
import type { Command } from "./shortcuts";
import { clearSpot } from "./spots";
import { stepAlong } from "./step-along";
import type { TestBench } from "./test/test-context";
import type { Selection } from "./use-selection";

interface CommandSource {
  session: EditSession;
  selection: Selection;
  actions: BuilderActions;
  flow: Flow;
  draft: Draft;
  places: () => NamedPlace[];
  open: (opened: Opened) => void;
  write: (annotation: string) => void;
  onSave: () => Promise<boolean>;
  bench: TestBench;
  toggleSelecting: () => void;
  reveal: (id: string) => void;
  /** Where the selected step is set up, on screens that do not show it by the side. */
  openPanel: () => void;
}

/** Pixels that the view goes on by with a key. */
const VIEW_STEP = 80;

/** What each command does, whether a key or a button asked for it. */
export function useCommands(source: CommandSource): (command: Command) => void {
  const { session, selection, actions, draft, open, bench } = source;
  const { user } = useWorkspace();
  const openCalled = useOpenCalled();
  const { fitView, zoomIn, zoomOut, zoomTo, screenToFlowPosition, getViewport, setViewport } = useReactFlow();
  const only = selection.nodes.length === 1 ? selection.nodes[0]! : null;
  const step = only === null || findNode(draft, only) === undefined ? null : only;
  const addNote = () => {
    const pane = document.querySelector(".react-flow")?.getBoundingClientRect();
    const middle = screenToFlowPosition({ x: (pane?.left ?? 0) + (pane?.width ?? 0) / 2, y: (pane?.top ?? 0) + (pane?.height ?? 0) / 3 });
    const taken = source.flow.nodes.filter(({ parentId }) => parentId === undefined).map(({ position, width = 0, height = 0 }) => ({ ...position, width, height }));
    const note = actions.addNote(clearSpot({ x: middle.x - NEW_NOTE.width / 2, y: middle.y, ...NEW_NOTE }, taken));
    if (note !== null) source.write(note);
  };
  const connect = () => {
    const [from, to] = selection.nodes.filter((id) => findNode(draft, id) !== undefined);
    if (from === undefined) toast.info("Select the step that the connection leaves first.");
    else if (to === undefined) open({ dialog: "connect", from });
    else {
      const ways = connectionsFrom(draft, from).filter(({ connection }) => connection.to === to);
      if (ways.length > 1) open({ dialog: "connect", from, to });
      else actions.connect(ways[0]?.connection ?? { from, port: portsOfNode(findNode(draft, from)!)[0] ?? "out", to });
    }
  };
  const copy = () => {
    const text = actions.copy();
    if (text === null) return false;
    void putClip(user.id, text);
    return true;
  };
  const paste = async () => {
    if (!actions.paste(await takeClip(user.id))) toast.info("There are no copied steps on the clipboard.");
  };
  const rename = () => {
    const note = only === null ? null : annotationOf(only);
    const name = document.querySelector<HTMLInputElement>("[data-rename-step]");
    if (note !== null) source.write(note);
    else if (name !== null) name.select();
    else if (step !== null) source.openPanel();
  };
  const resize = () => {
    if (only !== null) document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(only)}"] [data-resize-grip]`)?.focus();
  };
  const look = (x: number, y: number) => {
    if (selection.nodes.length + selection.edges.length > 0) return;
    const view = getViewport();
    void setViewport({ ...view, x: view.x - x * VIEW_STEP, y: view.y - y * VIEW_STEP });
  };
  const fitSelection = () => {
    const chosen = source.flow.nodes.filter(({ id }) => selection.nodes.includes(id));
    if (boundsOf(chosen.map(({ position }) => ({ ...position, width: 0, height: 0 }))) !== undefined) void fitView({ ...FIT, nodes: chosen });
  };
  const toggle = () => {
    const focused = document.activeElement?.closest(".react-flow__node, .react-flow__edge") ?? null;
    const id = focused?.getAttribute("data-id") ?? null;
    if (focused === null || id === null) return;
    const without = (ids: readonly string[]) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);
    if (focused.matches(".react-flow__node")) selection.select(without(selection.nodes), selection.edges);
    else selection.select(selection.nodes, without(selection.edges));
  };
  const walk = (way: "next" | "previous") => {
    const from = document.activeElement?.closest(".react-flow__node")?.getAttribute("data-id") ?? step;
    const to = stepAlong(draft, from, way);
    if (to === null) return void toast.info(from === null ? "Select a step first." : way === "next" ? "Nothing follows this step." : "Nothing comes before this step.");
    selection.select([to]);
    source.reveal(to);
  };
  const simple: Readonly<Record<Exclude<Command, `align:${Alignment}`>, () => unknown>> = {
    add: () => open({ dialog: "add", places: source.places() }),
    find: () => open({ dialog: "find" }),
    next: () => walk("next"),
    previous: () => walk("previous"),
    help: () => open({ dialog: "help" }),
    move: () => (selection.nodes.some((id) => findNode(draft, id) !== undefined) ? open({ dialog: "move" }) : toast.info("Select the steps to move first.")),
    connect,
    rename,
    open: () => {
      const node = step === null ? undefined : findNode(draft, step);
      return openCalled(node?.kind, node?.config);
    },
    resize,
    note: addNote,
    fold: actions.toggleFolded,
    remove: actions.remove,
    duplicate: actions.duplicate,
    copy: () => (copy() ? toast("Copied.") : undefined),
    cut: () => (copy() ? actions.remove() : undefined),
    paste,
    disable: actions.toggleDisabled,
    undo: () => session.undo(),
    redo: () => session.redo(),
    selectAll: actions.selectAll,
    toggle,
    selectArea: source.toggleSelecting,
    clear: () => selection.select([]),
    arrange: actions.arrange,
    fit: () => fitView(FIT),
    fitSelection,
    zoomIn: () => zoomIn(),
    zoomOut: () => zoomOut(),
    actualSize: () => zoomTo(1),
    viewLeft: () => look(-1, 0),
    viewRight: () => look(1, 0),
    viewUp: () => look(0, -1),
    viewDown: () => look(0, 1),
    save: source.onSave,
    testAll: () => bench.run(),
    testStep: () => (step === null ? undefined : bench.testStep(step)),
    testTo: () => (step === null ? undefined : bench.run(step)),
    pin: () => (step === null ? undefined : Object.hasOwn(bench.pins, step) ? bench.unpin(step) : bench.pin(step, "last test")),
  };
  return (command) => {
    if (isAlignment(command)) actions.align(command.slice("align:".length) as Alignment);
    else simple[command]();
  };
}

function isAlignment(command: Command): command is `align:${Alignment}` {
  return command.startsWith("align:");
}
