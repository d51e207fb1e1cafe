"use client";

import { KindList } from "./kind-list";

/** Every kind of step beside the canvas, to click or to drag. */
export function Palette({ onChoose }: { onChoose: (kind: string) => void }) {
  return (
    <section aria-label="Steps to add" className="flex w-60 shrink-0 flex-col border-r bg-card p-2 max-lg:hidden">
      <KindList canDrag onChoose={onChoose} className="flex-1" />
    </section>
  );
}
