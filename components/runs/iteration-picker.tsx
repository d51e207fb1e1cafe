"use client";

import { ChevronLeft, ChevronRight, CircleAlert } from "lucide-react";
import { useState } from "react";
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
      <span className="flex items-center whitespace-nowrap tabular-nums" aria-live="polite">
        {indices.length > FEW ? <NumberOf key={shown} shown={shown} indices={indices} onChoose={onChoose} /> : shown + 1}
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

/** More than that are not gone through one by one. */
const FEW = 5;

/** The nearest that was begun is taken. */
function NumberOf({ shown, indices, onChoose }: Pick<IterationPickerProps, "shown" | "indices" | "onChoose">) {
  const [text, setText] = useState(String(shown + 1));
  const take = () => {
    const wanted = Number.parseInt(text, 10) - 1;
    const nearest = indices.reduce((best, index) => (Math.abs(index - wanted) < Math.abs(best - wanted) ? index : best), indices[0] ?? shown);
    setText(String((Number.isNaN(wanted) ? shown : nearest) + 1));
    if (!Number.isNaN(wanted) && nearest !== shown) onChoose(nearest);
  };
  return (
    <input
      inputMode="numeric"
      aria-label="Number of the iteration"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") take();
      }}
      className="mr-1 h-5 w-9 rounded-sm border border-input bg-card px-1 text-center text-xs text-foreground"
    />
  );
}

function choose(index: number | undefined, onChoose: (index: number) => void): void {
  if (index !== undefined) onChoose(index);
}
