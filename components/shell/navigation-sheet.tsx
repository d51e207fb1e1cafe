"use client";

import { Dialog, SheetContent } from "@/components/ui/dialog";
import { SideContent } from "./side-content";

/** The side bar of narrow screens. */
export function NavigationSheet({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(isOpen) => (isOpen ? undefined : close())}>
      <SheetContent title="Navigation" side="left">
        <div className="flex h-full flex-col gap-4 p-3">
          <SideContent />
        </div>
      </SheetContent>
    </Dialog>
  );
}
