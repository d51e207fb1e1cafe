"use client";

import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";

export interface ChosenCountProps<Item> {
  count: number;
  hidden: readonly Item[];
  /** One that is not shown, in words. */
  line: (item: Item) => ReactNode;
  dropHidden: () => void;
}

/** How many are chosen, which of them the list does not show, and a way to leave those out. */
export function ChosenCount<Item extends { id: string }>({ count, hidden, line, dropHidden }: ChosenCountProps<Item>) {
  return (
    <>
      <span className="px-1 text-sm font-medium tabular-nums" role="status">
        {count} chosen{hidden.length === 0 ? "" : `, ${hidden.length} of them not shown`}
      </span>
      {hidden.length === 0 ? null : (
        <Popover>
          <PopoverTrigger asChild><Button variant="link" size="sm">See which</Button></PopoverTrigger>
          <PopoverContent align="start" className="flex max-h-80 w-80 max-w-[calc(100vw-2rem)] flex-col gap-2 p-3" aria-label="Chosen and not shown">
            <ul className="flex min-h-0 flex-col gap-1.5 overflow-y-auto text-sm" tabIndex={0} aria-label="Chosen and not shown">
              {hidden.map((item) => <li key={item.id} className="break-words">{line(item)}</li>)}
            </ul>
            <Button size="sm" className="self-start" onClick={dropHidden}>Leave {hidden.length === 1 ? "it" : "them"} out</Button>
          </PopoverContent>
        </Popover>
      )}
    </>
  );
}
