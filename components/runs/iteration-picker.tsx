"use client";

import { ChevronLeft, ChevronRight, CircleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";

export interface IterationPickerProps {
  name: string;
  /** Iterations that were begun, in order. */
  indices: readonly number[];
  shown: number;
  items: number | null;
  failed: number | null;
  onChoose: (index: number) => void;
}

/** Which iteration of a loop the page looks at. It stands on the canvas too, where a click would select the loop. */
export function IterationPicker({ name, indices, shown, items, failed, onChoose }: IterationPickerProps) {
  const place = indices.indexOf(shown);
  const previous = indices[place - 1];
  const next = indices[place + 1];
  return (
    <span className="nodrag nopan flex items-center gap-0.5 text-xs text-muted-foreground" role="group" aria-label={`Iteration of ${name}`} onClick={(event) => event.stopPropagation()}>
      <Button variant="ghost" size="icon-sm" className="size-6" aria-label="Previous iteration" disabled={previous === undefined} onClick={() => choose(previous, onChoose)}>
        <ChevronLeft aria-hidden />
      </Button>
      <span className="whitespace-nowrap tabular-nums" aria-live="polite">
        {shown + 1}
        {items === null ? "" : ` of ${items}`}
      </span>
      <Button variant="ghost" size="icon-sm" className="size-6" aria-label="Next iteration" disabled={next === undefined} onClick={() => choose(next, onChoose)}>
        <ChevronRight aria-hidden />
      </Button>
      {failed !== null && failed !== shown ? (
        <Button variant="ghost" size="icon-sm" className="size-6 text-destructive" aria-label="First failed iteration" title="First failed iteration" onClick={() => onChoose(failed)}>
          <CircleAlert aria-hidden />
        </Button>
      ) : null}
    </span>
  );
}

function choose(index: number | undefined, onChoose: (index: number) => void): void {
  if (index !== undefined) onChoose(index);
}
