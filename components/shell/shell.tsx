"use client";

import { Menu } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState, type ReactNode } from "react";
import { Bell } from "@/components/alerts/bell";
import { PaletteButton, PaletteIconButton } from "@/components/palette/palette-button";
import { PaletteHost } from "@/components/palette/palette-host";
import { Button } from "@/components/ui/button";
import { Dialog, DialogTrigger, SheetContent } from "@/components/ui/dialog";
import { Logo } from "./logo";
import { Navigation } from "./navigation";
import { ThemeMenu } from "./theme-menu";
import { UserMenu } from "./user-menu";
import { WorkspaceMenu } from "./workspace-menu";

/** The frame of every page: a side bar, which is a sheet on narrow screens. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <PaletteHost>
      <div className="flex min-h-dvh max-lg:flex-col">
        <a href="#content" className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
          Skip to content
        </a>
        <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col gap-4 border-r bg-sidebar p-3 lg:flex">
          <SideContent />
        </aside>
        <NarrowBar />
        <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
    </PaletteHost>
  );
}

function SideContent() {
  return (
    <>
      <WorkspaceMenu />
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1"><PaletteButton /></div>
        <Bell />
      </div>
      <Navigation />
      <div className="mt-auto flex items-center gap-1 border-t pt-3">
        <UserMenu />
        <ThemeMenu />
      </div>
    </>
  );
}

function NarrowBar() {
  const pathname = usePathname();
  const [openAt, setOpenAt] = useState<string | null>(null);
  return (
    <div className="sticky top-0 z-30 flex items-center gap-2 border-b bg-sidebar px-3 py-2 lg:hidden">
      {/* Open only on the page it was opened on: following a link closes it. */}
      <Dialog open={openAt === pathname} onOpenChange={(open) => setOpenAt(open ? pathname : null)}>
        <DialogTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open navigation">
            <Menu aria-hidden />
          </Button>
        </DialogTrigger>
        <SheetContent title="Navigation" side="left">
          <div className="flex h-full flex-col gap-4 p-3">
            <SideContent />
          </div>
        </SheetContent>
      </Dialog>
      <Logo className="size-6" />
      <span className="flex-1 text-sm font-semibold">Millrace</span>
      <Bell />
      <PaletteIconButton />
    </div>
  );
}
