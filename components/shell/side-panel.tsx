"use client";

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, SheetContent } from "@/components/ui/dialog";
import { useMediaQuery, WIDE } from "./use-media-query";

export interface SidePanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** Details beside the content; on narrow screens a sheet from below. */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const isWide = useMediaQuery(WIDE);
  if (!isWide) {
    return (
      <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
        <SheetContent title={title} side="bottom">
          {children}
        </SheetContent>
      </Dialog>
    );
  }
  return (
    <aside aria-label={title} className="flex w-[26rem] shrink-0 flex-col border-l bg-card">
      <div className="flex items-center justify-between gap-2 border-b px-4 py-2">
        <h2 className="truncate text-sm font-semibold">{title}</h2>
        <Button variant="ghost" size="icon-sm" onClick={onClose} aria-label="Close panel">
          <X aria-hidden />
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </aside>
  );
}
