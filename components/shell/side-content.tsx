"use client";

import { Bell } from "@/components/alerts/bell";
import { PaletteButton } from "@/components/palette/palette-button";
import { Navigation } from "./navigation";
import { ThemeMenu } from "./theme-menu";
import { UserMenu } from "./user-menu";
import { WorkspaceMenu } from "./workspace-menu";

export function SideContent() {
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
