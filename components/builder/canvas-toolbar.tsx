"use client";

import { Keyboard, LayoutDashboard, PanelLeft, Plus, Redo2, Search, Undo2, type LucideIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import type { SessionState } from "./edit-session";
import type { Command } from "./shortcuts";

export interface CanvasToolbarProps {
  state: SessionState;
  run: (command: Command) => void;
  hasPalette: boolean;
  togglePalette: () => void;
}

export function CanvasToolbar({ state, run, hasPalette, togglePalette }: CanvasToolbarProps) {
  return (
    <div role="toolbar" aria-label="Canvas" className="flex items-center gap-0.5 rounded-lg border bg-card p-1 shadow-sm">
      <span className="max-lg:hidden">
        <Tool icon={PanelLeft} label={hasPalette ? "Hide the steps" : "Show the steps"} onClick={togglePalette} />
      </span>
      <Button size="sm" variant="primary" onClick={() => run("add")} title="Add a step (A)">
        <Plus aria-hidden />
        Add step
      </Button>
      <span className="mx-1 h-5 border-l" aria-hidden />
      <Tool icon={Undo2} label={state.undoLabel === null ? "Nothing to undo" : `Undo: ${state.undoLabel}`} isOff={state.undoLabel === null} onClick={() => run("undo")} />
      <Tool icon={Redo2} label={state.redoLabel === null ? "Nothing to redo" : `Redo: ${state.redoLabel}`} isOff={state.redoLabel === null} onClick={() => run("redo")} />
      <span className="mx-1 h-5 border-l" aria-hidden />
      <Tool icon={LayoutDashboard} label="Lay out anew (L)" onClick={() => run("arrange")} />
      <Tool icon={Search} label="Find a step (Ctrl or ⌘ F)" onClick={() => run("find")} />
      <span className="max-sm:hidden">
        <Tool icon={Keyboard} label="Keyboard shortcuts (?)" onClick={() => run("help")} />
      </span>
    </div>
  );
}

function Tool({ icon: Icon, label, isOff = false, onClick }: { icon: LucideIcon; label: string; isOff?: boolean; onClick: () => void }) {
  return (
    <Tooltip content={label}>
      <Button variant="ghost" size="icon-sm" aria-label={label} disabled={isOff} onClick={onClick}>
        <Icon aria-hidden />
      </Button>
    </Tooltip>
  );
}
