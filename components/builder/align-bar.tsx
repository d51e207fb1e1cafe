"use client";

import {
  AlignCenterHorizontal, AlignCenterVertical, AlignEndHorizontal, AlignEndVertical, AlignHorizontalDistributeCenter, AlignStartHorizontal, AlignStartVertical,
  AlignVerticalDistributeCenter, type LucideIcon,
} from "lucide-react";
import type { Alignment } from "./align-nodes";
import { MoreMenu } from "./command-menu";
import type { MenuEntry } from "./menu-commands";
import { SHORTCUTS, textOfShortcut, type Command } from "./shortcuts";
import { Tool } from "./tool";

const ICONS: Readonly<Record<Alignment, LucideIcon>> = {
  left: AlignStartVertical,
  center: AlignCenterVertical,
  right: AlignEndVertical,
  top: AlignStartHorizontal,
  middle: AlignCenterHorizontal,
  bottom: AlignEndHorizontal,
  columns: AlignHorizontalDistributeCenter,
  rows: AlignVerticalDistributeCenter,
};

/** What can be done with several things at once. */
export function AlignBar({ count, groups, run }: { count: number; groups: readonly (readonly MenuEntry[])[]; run: (command: Command) => void }) {
  return (
    <div role="toolbar" aria-label={`Arrange ${count} selected`} className="flex items-center gap-0.5 rounded-lg border bg-card p-1 shadow-sm">
      {(Object.keys(ICONS) as Alignment[])
        .filter((how) => count > 2 || (how !== "columns" && how !== "rows"))
        .map((how) => {
          const shortcut = SHORTCUTS.find(({ command }) => command === `align:${how}`)!;
          return <Tool key={how} icon={ICONS[how]} label={`${shortcut.label} (${textOfShortcut(shortcut)})`} onClick={() => run(`align:${how}`)} />;
        })}
      <MoreMenu label="More with what is selected" groups={groups} run={run} />
    </div>
  );
}
