"use client";

import { Keyboard, LayoutDashboard, PanelLeft, Plus, Redo2, Search, SquareDashedMousePointer, StickyNote, Undo2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { SessionState } from "./edit-session";
import type { Command } from "./shortcuts";
import { Tool } from "./tool";

export interface CanvasToolbarProps {
  state: SessionState;
  run: (command: Command) => void;
  hasPalette: boolean;
  togglePalette: () => void;
  /** Dragging on the canvas selects an area, and clicks add up. */
  isSelecting: boolean;
}

export function CanvasToolbar({ state, run, hasPalette, togglePalette, isSelecting }: CanvasToolbarProps) {
  return (
    <div role="toolbar" aria-label="Canvas" className="flex items-center gap-0.5 rounded-lg border bg-card p-1 shadow-sm">
      <span className="max-lg:hidden">
        <Tool icon={PanelLeft} label={hasPalette ? "Hide the steps" : "Show the steps"} onClick={togglePalette} />
      </span>
      <Button size="sm" variant="primary" onClick={() => run("add")} title="Add a step (A)">
        <Plus aria-hidden />
        Add step
      </Button>
      <Divider />
      <Tool icon={Undo2} label={state.undoLabel === null ? "Nothing to undo" : `Undo: ${state.undoLabel}`} isOff={state.undoLabel === null} onClick={() => run("undo")} />
      <Tool icon={Redo2} label={state.redoLabel === null ? "Nothing to redo" : `Redo: ${state.redoLabel}`} isOff={state.redoLabel === null} onClick={() => run("redo")} />
      <Divider />
      <Tool icon={StickyNote} label="Add a note (N)" onClick={() => run("note")} />
      <Tool icon={SquareDashedMousePointer} label="Select several: drag over them, or click one after another (V)" isPressed={isSelecting} onClick={() => run("selectArea")} />
      <Tool icon={LayoutDashboard} label="Lay out anew (L)" onClick={() => run("arrange")} />
      <Tool icon={Search} label="Find a step (Ctrl or ⌘ F)" onClick={() => run("find")} />
      <span className="max-sm:hidden">
        <Tool icon={Keyboard} label="Keyboard shortcuts (?)" onClick={() => run("help")} />
      </span>
    </div>
  );
}

function Divider() {
  return <span className="mx-1 h-5 border-l" aria-hidden />;
}
