"use client";

import { MoreHorizontal } from "lucide-react";
import { Fragment, useRef } from "react";
import { isMac } from "@/components/palette/platform";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { Point } from "./draft";
import type { MenuEntry } from "./menu-commands";
import type { Command } from "./shortcuts";

export interface CommandMenuProps {
  groups: readonly (readonly MenuEntry[])[];
  run: (command: Command) => void;
}

/** Everything that can be done with what is selected, for those who use no keys. */
export function MoreMenu({ label, ...menu }: CommandMenuProps & { label: string }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={label} title={label}>
          <MoreHorizontal aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <CommandMenu {...menu} />
    </DropdownMenu>
  );
}

/** The same menu where the right button, a long press or the menu key asked for it. */
export function ContextMenu({ at, close, ...menu }: CommandMenuProps & { at: Point; close: () => void }) {
  return (
    <DropdownMenu open onOpenChange={(open) => (open ? undefined : close())}>
      <DropdownMenuTrigger asChild>
        <span aria-hidden tabIndex={-1} className="fixed size-0" style={{ left: at.x, top: at.y }} />
      </DropdownMenuTrigger>
      <CommandMenu {...menu} />
    </DropdownMenu>
  );
}

function CommandMenu({ groups, run }: CommandMenuProps) {
  const chosen = useRef<Command | null>(null);
  // What was chosen happens once the menu is gone: it may put the focus elsewhere.
  const onCloseAutoFocus = (event: Event) => {
    const command = chosen.current;
    chosen.current = null;
    if (command === null) return;
    event.preventDefault();
    run(command);
  };
  const mod = isMac() ? "⌘" : "Ctrl";
  return (
    <DropdownMenuContent align="start" onCloseAutoFocus={onCloseAutoFocus}>
      {groups.map((entries, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <DropdownMenuSeparator />}
          {entries.map(({ command, label, icon: Icon, keys }) => (
            <DropdownMenuItem key={command} destructive={command === "remove"} onSelect={() => void (chosen.current = command)}>
              <Icon aria-hidden />
              {label}
              {keys === null ? null : <span aria-hidden className="ml-auto pl-4 text-xs text-muted-foreground pointer-coarse:hidden">{keys.replace("Mod", mod)}</span>}
            </DropdownMenuItem>
          ))}
        </Fragment>
      ))}
    </DropdownMenuContent>
  );
}
