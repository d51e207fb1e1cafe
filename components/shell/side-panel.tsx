"use client";

import { X } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { useMediaQuery, WIDE } from "./use-media-query";
import { usePanelFocus } from "./use-panel-focus";

export interface SidePanelProps {
  title: string;
  onClose: () => void;
  /** It leaves focus and Escape to what it holds. */
  isQuiet?: boolean;
  children: ReactNode;
}

/** Details beside the content; on narrow screens a sheet from below. */
export function SidePanel(props: SidePanelProps) {
  const isWide = useMediaQuery(WIDE);
  if (isWide) return <PanelBeside {...props} />;
  const { title, onClose, children } = props;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <SheetContent title={title} side="bottom" className="h-[85dvh]">
        {children}
      </SheetContent>
    </Dialog>
  );
}

function PanelBeside({ title, onClose, isQuiet = false, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  usePanelFocus(panel, heading, !isQuiet);
  return (
    <aside
      ref={panel}
      aria-label={title}
      // Lists and dialogs that are open take it for themselves.
      onKeyDown={(event) => (event.key === "Escape" && !event.defaultPrevented && !isQuiet ? onClose() : undefined)}
      // A layer of its own: what is typed in it does not make the browser look through all that a canvas beside it draws.
      className="flex w-[26rem] shrink-0 flex-col border-l bg-card will-change-[opacity]"
    >
      <div className="flex items-center justify-between gap-2 border-b px-4 py-2">
        <h2 ref={heading} tabIndex={isQuiet ? undefined : -1} className="truncate rounded-sm text-sm font-semibold">{title}</h2>
        <Button variant="ghost" size="icon-sm" onClick={onClose} aria-label="Close panel">
          <X aria-hidden />
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </aside>
  );
}
