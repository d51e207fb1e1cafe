"use client";

import { useId, useRef, useState } from "react";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import type { Place } from "./insert-node";
import { KindList } from "./kind-list";
import type { NamedPlace } from "./places";

export interface AddStepDialogProps {
  /** Where it can go; the first is taken unless another is chosen. */
  places: readonly NamedPlace[];
  onInsert: (kind: string, place: Place) => void;
  close: () => void;
}

export function AddStepDialog({ places, onInsert, close }: AddStepDialogProps) {
  const id = useId();
  const [chosen, setChosen] = useState(0);
  // The new step takes the focus; else it goes back.
  const isTaken = useRef(false);
  const place = places[chosen];
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title="Add a step" className="h-[34rem] max-w-md" onCloseAutoFocus={(event) => (isTaken.current ? event.preventDefault() : undefined)}>
        <div className="flex h-full flex-col gap-3">
          <KindList
            autoFocus
            isFollowing={place !== undefined && (place.place.at !== "free" || place.place.parent !== undefined)}
            className="flex-1"
            onChoose={(kind) => {
              isTaken.current = true;
              close();
              if (place !== undefined) onInsert(kind, place.place);
            }}
          />
          {places.length > 1 ? (
            <div className="flex items-center gap-3 border-t pt-3">
              <Label htmlFor={id} className="shrink-0">Where</Label>
              <Select id={id} value={String(chosen)} onValueChange={(next) => setChosen(Number(next))} options={places.map(({ label }, index) => ({ value: String(index), label }))} />
            </div>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
