"use client";

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useMemo, useState } from "react";
import { kindShapes } from "@/components/canvas/catalog";
import type { CanvasMarks } from "@/components/canvas/marks";
import { projectToFlow } from "@/components/canvas/project-to-flow";
import { readGraph } from "@/components/canvas/read-graph";
import { useMediaQuery } from "@/components/shell/use-media-query";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { AddStepDialog } from "./add-step-dialog";
import { builderActions, edgeIndexOf } from "./builder-actions";
import { BuilderCanvas, FIT } from "./builder-canvas";
import { CanvasToolbar } from "./canvas-toolbar";
import { findNode, type Draft } from "./draft";
import type { EditSession, SessionState } from "./edit-session";
import { FindStepDialog } from "./find-step-dialog";
import type { Place } from "./insert-node";
import { Inspector } from "./inspector";
import { Palette } from "./palette";
import { nameOf, placesFor, type NamedPlace } from "./places";
import type { Command } from "./shortcuts";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { useSelection } from "./use-selection";
import { useShortcuts } from "./use-shortcuts";

export interface BuilderProps {
  workflowId: string;
  session: EditSession;
  state: SessionState;
  draft: Draft;
  marks: CanvasMarks;
  problems: readonly WorkflowProblem[] | null;
  /** The node in the page's address. */
  selected: string | null;
  onSelect: (id: string | null) => void;
  onEditText: (pointer: string) => void;
  onSave: () => void;
  label: string;
}

/** The canvas under edit, with the list of steps on one side and the selected step on the other. */
export default function Builder(props: BuilderProps) {
  return (
    <ReactFlowProvider>
      <Workbench {...props} />
    </ReactFlowProvider>
  );
}

type Opened = { dialog: "add"; places: NamedPlace[] } | { dialog: "find" } | { dialog: "help" } | null;

const ROOMY = "(min-width: 96rem)";

function Workbench({ workflowId, session, state, draft, marks, problems, selected, onSelect, onEditText, onSave, label }: BuilderProps) {
  const { fitView } = useReactFlow();
  const isRoomy = useMediaQuery(ROOMY);
  const [palette, setPalette] = useState<boolean | null>(null);
  const hasPalette = palette ?? isRoomy;
  const [opened, setOpened] = useState<Opened>(null);
  const [revealed, setRevealed] = useState<{ id: string } | null>(null);
  const selection = useSelection(selected, onSelect);
  const flow = useMemo(() => projectToFlow(readGraph(draft), kindShapes), [draft]);
  const actions = builderActions({ session, selection, workflowId, reveal: (id) => setRevealed({ id }) });
  const addAt = useCallback((place: Place) => setOpened({ dialog: "add", places: [{ label: "Here", place }] }), []);
  const here = () => placesFor(draft, selection.nodes, selection.edges.map(edgeIndexOf));
  const run = (command: Command) => {
    switch (command) {
      case "add":
        return setOpened({ dialog: "add", places: here() });
      case "find":
        return setOpened({ dialog: "find" });
      case "help":
        return setOpened({ dialog: "help" });
      case "rename":
        return document.querySelector<HTMLInputElement>("[data-rename-step]")?.select();
      case "remove":
        return actions.remove();
      case "duplicate":
        return actions.duplicate();
      case "disable":
        return actions.toggleDisabled();
      case "undo":
        return session.undo();
      case "redo":
        return session.redo();
      case "selectAll":
        return actions.selectAll();
      case "clear":
        return selection.select([]);
      case "fit":
        return void fitView(FIT);
      case "arrange":
        return actions.arrange();
      case "save":
        return onSave();
    }
  };
  useShortcuts(run, actions);
  const only = selection.nodes.length === 1 ? findNode(draft, selection.nodes[0]!) : undefined;
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      {hasPalette ? <Palette onChoose={(kind) => actions.insert(kind, here()[0]!.place)} /> : null}
      <div className="relative min-w-0 flex-1">
        <BuilderCanvas
          draft={draft}
          flow={flow}
          session={session}
          selection={selection}
          actions={actions}
          marks={marks}
          revealed={revealed}
          onAdd={addAt}
          label={label}
          toolbar={<CanvasToolbar state={state} run={run} hasPalette={hasPalette} togglePalette={() => setPalette(!hasPalette)} />}
        />
        <p className="sr-only" role="status">
          {selection.nodes.length > 1 ? `${selection.nodes.length} steps selected` : only === undefined ? "" : `${nameOf(draft, only.id)} selected`}
        </p>
      </div>
      {only === undefined ? null : (
        <Inspector
          key={only.id}
          node={only}
          draft={draft}
          session={session}
          epoch={state.epoch + (state.epochs.get(only.id) ?? 0)}
          problems={problems ?? []}
          actions={actions}
          onSelect={(id) => selection.select([id])}
          onClose={() => selection.select([])}
          onEditText={onEditText}
        />
      )}
      {opened?.dialog === "add" ? <AddStepDialog places={opened.places} onInsert={(kind, place) => actions.insert(kind, place)} close={() => setOpened(null)} /> : null}
      {opened?.dialog === "find" ? (
        <FindStepDialog
          draft={draft}
          close={() => setOpened(null)}
          onChoose={(id) => {
            selection.select([id]);
            setRevealed({ id });
          }}
        />
      ) : null}
      {opened?.dialog === "help" ? <ShortcutsDialog close={() => setOpened(null)} /> : null}
    </div>
  );
}
