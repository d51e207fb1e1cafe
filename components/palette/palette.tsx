"use client";

import { useRef, useState } from "react";
import { Command, CommandInput, CommandList } from "@/components/ui/command";
import { BareDialogContent, Dialog } from "@/components/ui/dialog";
import { PaletteEntries } from "./palette-entries";

export interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  createWorkflow: () => void;
}

/** Pages, workflows, runs and actions under one field. */
export function Palette({ open, onOpenChange, createWorkflow }: PaletteProps) {
  const [query, setQuery] = useState("");
  const chosen = useRef<(() => void) | null>(null);
  // What was chosen happens once the dialog is gone: it may open another one, which must keep the focus.
  const choose = (action: () => void) => {
    chosen.current = action;
    onOpenChange(false);
  };
  const onCloseAutoFocus = (event: Event) => {
    setQuery("");
    if (chosen.current === null) return;
    event.preventDefault();
    const action = chosen.current;
    chosen.current = null;
    action();
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <BareDialogContent title="Command palette" onCloseAutoFocus={onCloseAutoFocus}>
        <Command label="Command palette">
          <CommandInput value={query} onValueChange={setQuery} placeholder="Search pages, workflows, runs and actions" maxLength={200} />
          <CommandList label="Results">
            <PaletteEntries query={query.trim()} choose={choose} createWorkflow={createWorkflow} />
          </CommandList>
          <p className="border-t px-4 py-2 text-xs text-muted-foreground max-sm:hidden">Arrow keys choose, Enter opens, Escape closes. A pasted run id leads to its run.</p>
        </Command>
      </BareDialogContent>
    </Dialog>
  );
}
