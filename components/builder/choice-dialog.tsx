"use client";

import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { cn } from "@/components/ui/class-names";
import { Input } from "@/components/ui/input";
import { searchChoices } from "./choice-search";

export interface Choice {
  label: string;
  /** Stands beside it, and is searched as well. */
  hint?: string;
  /** Searched, but not shown. */
  words?: string;
  choose: () => void;
}

export interface ChoiceDialogProps {
  title: string;
  placeholder?: string;
  empty: string;
  choices: readonly Choice[];
  close: () => void;
}

const MAX_SHOWN = 100;

/** One of many, searched as one types; arrow keys walk the list and Enter takes one. */
export function ChoiceDialog({ title, placeholder = "Search …", empty, choices, close }: ChoiceDialogProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  // What was chosen says where the focus goes; else it goes back.
  const isTaken = useRef(false);
  const fitting = searchChoices(choices, text);
  const found = fitting.slice(0, MAX_SHOWN);
  const current = Math.min(active, found.length - 1);
  useEffect(() => document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: "nearest" }), [id, current]);
  const take = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    isTaken.current = true;
    close();
    choice.choose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setActive((current + 1) % Math.max(1, found.length));
    else if (event.key === "ArrowUp") setActive((current - 1 + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") take(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title={title} className="max-w-md" onCloseAutoFocus={(event) => (isTaken.current ? event.preventDefault() : undefined)}>
        <div className="flex flex-col gap-2">
          <Input
            role="combobox"
            aria-expanded
            aria-controls={id}
            aria-activedescendant={found.length === 0 ? undefined : `${id}-${current}`}
            aria-label={`Search: ${title}`}
            placeholder={placeholder}
            autoFocus
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <div id={id} role="listbox" aria-label={title} className="max-h-80 overflow-y-auto">
            {found.map((choice, index) => (
              <div
                key={index}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === current}
                onClick={() => take(choice)}
                className={cn("flex cursor-pointer items-baseline gap-2 rounded-md px-2 py-1.5 text-sm hover:bg-accent", index === current && "bg-accent")}
              >
                <span className="truncate">{choice.label}</span>
                {choice.hint === undefined ? null : <code className="ml-auto shrink-0 font-mono text-xs text-muted-foreground">{choice.hint}</code>}
              </div>
            ))}
          </div>
          {found.length === 0 ? <p className="px-2 text-sm text-muted-foreground">{empty}</p> : null}
          {fitting.length > found.length ? <p className="px-2 text-xs text-muted-foreground">{fitting.length - found.length} more; type to narrow them down.</p> : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
