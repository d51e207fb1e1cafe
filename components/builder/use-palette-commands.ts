"use client";

import { CircleHelp, FlaskConical, Focus, Redo2, Search, StepForward, Undo2, type LucideIcon } from "lucide-react";
import { usePageCommands, type PageCommand } from "@/components/palette/page-commands";
import type { Draft } from "./draft";
import type { SessionState } from "./edit-session";
import { menuFor, type MenuEntry } from "./menu-commands";
import { SHORTCUTS, type Command } from "./shortcuts";
import type { TestBench } from "./test/test-context";
import type { Selection } from "./use-selection";

interface PaletteSource {
  draft: Draft;
  selection: Selection;
  state: SessionState;
  bench: TestBench;
}

/** What can be done on the canvas, in the command palette too. */
export function usePaletteCommands(run: (command: Command) => void, { draft, selection, state, bench }: PaletteSource): void {
  const { nodes, edges } = selection;
  const ofSelection = nodes.length + edges.length > 0 ? menuFor(draft, nodes, edges).flat() : [];
  const always = menuFor(draft, [], []).flat().filter(({ command }) => !ofSelection.some((one) => one.command === command));
  const command = (icon: LucideIcon, what: Command, label: string): PageCommand => ({ icon, label, run: () => run(what) });
  const ofMenu = ({ icon, command: what, label }: MenuEntry) => command(icon, what, label);
  usePageCommands([
    ...ofSelection.map(ofMenu),
    ...always.map(ofMenu),
    state.undoLabel !== null && command(Undo2, "undo", `Undo: ${state.undoLabel}`),
    state.redoLabel !== null && command(Redo2, "redo", `Redo: ${state.redoLabel}`),
    command(Search, "find", "Find a step"),
    nodes.length > 0 && command(Focus, "fitSelection", "Show what is selected"),
    ...(nodes.length > 1 ? SHORTCUTS.filter((one) => one.command.startsWith("align:")).map((one) => command(Focus, one.command, one.label)) : []),
    bench.mayTest && nodes.length === 1 && command(FlaskConical, "testStep", "Test the selected step"),
    bench.mayTest && nodes.length === 1 && command(StepForward, "testTo", "Run up to the selected step"),
    command(CircleHelp, "help", "Keyboard shortcuts"),
  ]);
}
