"use client";

import { useState, type KeyboardEvent } from "react";
import { cn } from "@/components/ui/class-names";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import type { Draft } from "./draft";
import { nameOf } from "./places";

const MAX_SHOWN = 50;

/** Finds a step by its name, its id or anything in its config. */
export function FindStepDialog({ draft, onChoose, close }: { draft: Draft; onChoose: (id: string) => void; close: () => void }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found = draft.nodes.filter((node) => wanted === "" || `${node.id} ${node.name ?? ""} ${node.kind} ${JSON.stringify(node.config ?? {})}`.toLowerCase().includes(wanted)).slice(0, MAX_SHOWN);
  const current = Math.min(active, found.length - 1);
  const choose = (id: string | undefined) => {
    if (id === undefined) return;
    close();
    onChoose(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setActive((current + 1) % Math.max(1, found.length));
    else if (event.key === "ArrowUp") setActive((current - 1 + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") choose(found[current]?.id);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title="Find a step" className="max-w-md" onCloseAutoFocus={(event) => event.preventDefault()}>
        <div className="flex flex-col gap-2">
          <Input aria-label="Name, id or config" placeholder="Name, id or config …" autoFocus value={text} onChange={(event) => { setText(event.target.value); setActive(0); }} onKeyDown={onKeyDown} />
          <ul aria-label="Steps found" className="max-h-80 overflow-y-auto">
            {found.map((node, index) => (
              <li key={node.id}>
                <button type="button" onClick={() => choose(node.id)} className={cn("flex w-full items-baseline gap-2 rounded-md px-2 py-1.5 text-left text-sm hover:bg-accent", index === current && "bg-accent")}>
                  <span className="truncate">{nameOf(draft, node.id)}</span>
                  <code className="ml-auto shrink-0 font-mono text-xs text-muted-foreground">{node.id}</code>
                </button>
              </li>
            ))}
          </ul>
          {found.length === 0 ? <p className="px-2 text-sm text-muted-foreground">No step holds that.</p> : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
