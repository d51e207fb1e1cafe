"use client";

import { Menu } from "lucide-react";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { useState, type ReactNode } from "react";
import { Bell } from "@/components/alerts/bell";
import { PaletteIconButton } from "@/components/palette/palette-button";
import { PaletteHost } from "@/components/palette/palette-host";
import { Button } from "@/components/ui/button";
import { Logo } from "./logo";
import { SideContent } from "./side-content";

const loadSheet = () => import("./navigation-sheet");
const NavigationSheet = dynamic(() => loadSheet().then((module) => module.NavigationSheet), { ssr: false });

/** The frame of every page: a side bar, which is a sheet on narrow screens. */
export function Shell({ banners, children }: { banners?: ReactNode; children: ReactNode }) {
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
        <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none max-lg:[--list-top:4rem]">
          {banners}
          {children}
        </main>
      </div>
    </PaletteHost>
  );
}

function NarrowBar() {
  const pathname = usePathname();
  const [openAt, setOpenAt] = useState<string | null>(null);
  return (
    <div className="sticky top-0 z-30 flex items-center gap-2 border-b bg-sidebar px-3 py-2 lg:hidden">
      <Button
        variant="ghost"
        size="icon"
        aria-label="Open navigation"
        aria-haspopup="dialog"
        aria-expanded={openAt === pathname}
        onPointerEnter={() => void loadSheet()}
        onFocus={() => void loadSheet()}
        onClick={() => setOpenAt(pathname)}
      >
        <Menu aria-hidden />
      </Button>
      {/* Open only on the page it was opened on: following a link closes it. */}
      {openAt === null ? null : <NavigationSheet open={openAt === pathname} close={() => setOpenAt(null)} />}
      <Logo className="size-6" />
      <span className="flex-1 text-sm font-semibold">Millrace</span>
      <Bell />
      <PaletteIconButton />
    </div>
  );
}
