"use client";

import { ReactFlowProvider } from "@xyflow/react";
import { useState } from "react";
import type { CanvasMarks } from "@/components/canvas/marks";
import { NoteWritingContext } from "@/components/canvas/writing";
import { SaveBlock } from "@/components/modules/save-block";
import { useMediaQuery } from "@/components/shell/use-media-query";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { builderActions, edgeIndexOf } from "./builder-actions";
import { BuilderCanvas } from "./builder-canvas";
import { BuilderDialogs, type Opened } from "./builder-dialogs";
import { CanvasToolbar } from "./canvas-toolbar";
import { findNode, type Draft } from "./draft";
import type { EditSession, SessionState } from "./edit-session";
import { Inspector } from "./inspector";
import { Palette } from "./palette";
import { nameOf, placesFor } from "./places";
import { NodeTools } from "./test/node-tools";
import { TestBar } from "./test/test-bar";
import { useTestBench } from "./test/test-context";
import { TestProvider } from "./test/test-provider";
import { useCanvasEditing } from "./use-canvas-editing";
import { useCommands } from "./use-commands";
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
  /** False: the server has not got it. */
  onSave: () => Promise<boolean>;
  label: string;
}

/** The canvas under edit, with the list of steps on one side and the selected step on the other. */
export default function Builder(props: BuilderProps) {
  return (
    <ReactFlowProvider>
      <TestProvider workflowId={props.workflowId} draft={props.draft} marks={props.marks} save={props.onSave}>
        {(marks) => <Workbench {...props} marks={marks} />}
      </TestProvider>
    </ReactFlowProvider>
  );
}

const ROOMY = "(min-width: 96rem)";

function Workbench({ workflowId, session, state, draft, marks, problems, selected, onSelect, onEditText, onSave, label }: BuilderProps) {
  const isRoomy = useMediaQuery(ROOMY);
  const [palette, setPalette] = useState<boolean | null>(null);
  const hasPalette = palette ?? isRoomy;
  const [opened, setOpened] = useState<Opened>(null);
  const [revealed, setRevealed] = useState<{ id: string } | null>(null);
  const [written, write] = useState<string | null>(null);
  const [isSelecting, setIsSelecting] = useState(false);
  const selection = useSelection(selected, onSelect);
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
  const run = useCommands({ session, selection, actions, flow, draft, places: here, open: setOpened, write, onSave, bench, toggleSelecting: () => setIsSelecting((current) => !current) });
  useShortcuts(run, actions);
  const only = selection.nodes.length === 1 ? findNode(draft, selection.nodes[0]!) : undefined;
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
            label={label}
            toolbar={
              <div className="flex flex-col items-start gap-1.5">
                <CanvasToolbar state={state} run={run} hasPalette={hasPalette} togglePalette={() => setPalette(!hasPalette)} isSelecting={isSelecting} />
                <TestBar draft={draft} />
              </div>
            }
          >
            {only === undefined ? null : <NodeTools node={only} />}
          </BuilderCanvas>
        </NoteWritingContext>
        <SaveBlock draft={draft} session={session} selected={selection.nodes} onSaved={(id) => selection.select([id])} />
        <p className="sr-only" role="status">
          {selection.nodes.length > 1 ? `${selection.nodes.length} selected` : only === undefined ? "" : `${nameOf(draft, only.id)} selected`}
        </p>
      </div>
      {only === undefined ? null : (
        <Inspector
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
      <BuilderDialogs opened={opened} draft={draft} selection={selection} actions={actions} reveal={reveal} close={() => setOpened(null)} />
    </div>
  );
}
