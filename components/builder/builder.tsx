"use client";

import { ReactFlowProvider } from "@xyflow/react";
import { memo, useEffect, useState } from "react";
import type { CanvasMarks } from "@/components/canvas/marks";
import { NoteWritingContext } from "@/components/canvas/writing";
import { SaveBlock } from "@/components/modules/save-block";
import { useMediaQuery, WIDE } from "@/components/shell/use-media-query";
import { useUrlState } from "@/components/shell/use-url-state";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { builderActions } from "./builder-actions";
import { BuilderCanvas } from "./builder-canvas";
import { BuilderDialogs, type Opened } from "./builder-dialogs";
import { edgeIndexOf } from "./edge-ids";
import { CanvasToolbar } from "./canvas-toolbar";
import { ContextMenu } from "./command-menu";
import { findNode, type Draft, type Point } from "./draft";
import type { EditSession, SessionState } from "./edit-session";
import { LazyInspector, usePreparedInspector } from "./lazy-inspector";
import { menuFor } from "./menu-commands";
import { Palette } from "./palette";
import { nameOf, placesFor } from "./places";
import { NodeTools } from "./test/node-tools";
import { TestBar } from "./test/test-bar";
import { useTestBench } from "./test/test-context";
import { TestProvider } from "./test/test-provider";
import { useCanvasEditing } from "./use-canvas-editing";
import { useCommands } from "./use-commands";
import { usePaletteCommands } from "./use-palette-commands";
import { enterInspector } from "./use-field-focus";
import { useFlow } from "./use-flow";
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
  onEditInput: () => void;
  /** False: the server has not got it. */
  onSave: () => Promise<boolean>;
  label: string;
}

/** The canvas under edit, with the list of steps on one side and the selected step on the other. */
function Builder(props: BuilderProps) {
  return (
    <ReactFlowProvider>
      <TestProvider workflowId={props.workflowId} draft={props.draft} marks={props.marks} save={props.onSave}>
        {(marks) => <Workbench {...props} marks={marks} />}
      </TestProvider>
    </ReactFlowProvider>
  );
}

/** That the draft is being saved, or was, is nothing to hundreds of steps. */
export default memo(Builder);

const ROOMY = "(min-width: 96rem)";

function Workbench({ workflowId, session, state, draft, marks, problems, selected, onSelect, onEditText, onEditInput, onSave, label }: BuilderProps) {
  usePreparedInspector();
  const isRoomy = useMediaQuery(ROOMY);
  const isWide = useMediaQuery(WIDE);
  const { params, change } = useUrlState();
  const [palette, setPalette] = useState<boolean | null>(null);
  const hasPalette = palette ?? isRoomy;
  const [opened, setOpened] = useState<Opened>(null);
  const [revealed, setRevealed] = useState<{ id: string } | null>(null);
  const [written, write] = useState<string | null>(null);
  const [isSelecting, setIsSelecting] = useState(false);
  const [menuAt, setMenuAt] = useState<Point | null>(null);
  const selection = useSelection(selected, onSelect, draft.edges);
  const flow = useFlow(draft, selection.nodes);
  const reveal = (id: string) => setRevealed({ id });
  const actions = builderActions({ session, selection, workflowId, reveal });
  const fold = (id: string, isCollapsed: boolean) => {
    // A frame shows as long as something in it is selected.
    selection.select([id]);
    actions.fold([id], isCollapsed);
  };
  const canvas = useCanvasEditing({ actions, fold, open: setOpened });
  const here = () => placesFor(draft, selection.nodes, selection.edges.map(edgeIndexOf));
  const bench = useTestBench();
  const only = selection.nodes.length === 1 ? findNode(draft, selection.nodes[0]!) : undefined;
  // On a narrow screen the panel covers the canvas, so it opens only when asked for; Back closes it.
  const isOpen = params.has("open");
  const isFieldWanted = params.has("field");
  const openPanel = () => (isWide ? undefined : change({ open: "1" }));
  useEffect(() => {
    if (isOpen && only === undefined) change({ open: null });
    else if (isFieldWanted && !isWide && !isOpen && only !== undefined) change({ open: "1" }, "replace");
  }, [isOpen, isFieldWanted, isWide, only, change]);
  const run = useCommands({ session, selection, actions, flow, draft, places: here, open: setOpened, reveal, write, onSave, bench, toggleSelecting: () => setIsSelecting((current) => !current), openPanel });
  const hasPanel = isWide || isOpen;
  useShortcuts(run, { ...actions, open: only === undefined ? null : hasPanel ? enterInspector : openPanel, hasSelection: selection.nodes.length + selection.edges.length > 0 });
  usePaletteCommands(run, { draft, selection, state, bench });
  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      {hasPalette ? <Palette onChoose={(kind) => actions.insert(kind, here()[0]!.place)} /> : null}
      <div className="relative min-w-0 flex-1">
        <NoteWritingContext value={{ written, write }}>
          <BuilderCanvas
            draft={draft}
            flow={flow}
            session={session}
            selection={selection}
            actions={actions}
            {...canvas}
            marks={marks}
            revealed={revealed}
            isSelecting={isSelecting}
            run={run}
            onOpen={openPanel}
            onMenu={setMenuAt}
            label={label}
            toolbar={
              <div className="flex flex-col items-start gap-1.5">
                <CanvasToolbar state={state} run={run} hasPalette={hasPalette} togglePalette={() => setPalette(!hasPalette)} isSelecting={isSelecting} />
                <TestBar draft={draft} />
              </div>
            }
          >
            {only === undefined ? null : <NodeTools node={only} draft={draft} run={run} {...(isWide ? {} : { openPanel })} />}
          </BuilderCanvas>
        </NoteWritingContext>
        <SaveBlock draft={draft} session={session} selected={selection.nodes} onSaved={(id) => selection.select([id])} />
        <p className="sr-only" role="status">
          {selection.nodes.length > 1 ? `${selection.nodes.length} selected` : only === undefined ? "" : `${nameOf(draft, only.id)} selected`}
        </p>
      </div>
      {only === undefined || !hasPanel ? null : (
        <LazyInspector
          node={only}
          draft={draft}
          session={session}
          epoch={state.epoch + (state.epochs.get(only.id) ?? 0)}
          problems={problems ?? []}
          actions={actions}
          onSelect={(id) => selection.select([id])}
          onClose={() => (isWide ? selection.select([]) : change({ open: null }))}
          onLeave={() => reveal(only.id)}
          onEditText={onEditText}
          onEditInput={onEditInput}
        />
      )}
      {menuAt === null ? null : <ContextMenu key={`${menuAt.x} ${menuAt.y}`} at={menuAt} groups={menuFor(draft, selection.nodes, selection.edges)} run={run} close={() => setMenuAt(null)} />}
      <BuilderDialogs opened={opened} draft={draft} selection={selection} actions={actions} reveal={reveal} close={() => setOpened(null)} />
    </div>
  );
}
