"use client";

import { Dialog, DialogContent } from "@/components/ui/dialog";
import { MORE_KEYS, SHORTCUTS, textOfShortcut } from "./shortcuts";

export function ShortcutsDialog({ close }: { close: () => void }) {
  const isMac = /mac/i.test(navigator.userAgent);
  const rows = [...SHORTCUTS.map((shortcut) => ({ keys: textOfShortcut(shortcut), label: shortcut.label })), ...MORE_KEYS];
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title="Keyboard shortcuts" onCloseAutoFocus={(event) => event.preventDefault()}>
        <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-5 gap-y-2 text-sm">
          {rows.map(({ keys, label }) => (
            <div key={`${keys} ${label}`} className="contents">
              <dt><kbd className="rounded-md border bg-muted px-1.5 py-0.5 font-mono text-xs">{keys.replaceAll("Mod", isMac ? "⌘" : "Ctrl")}</kbd></dt>
              <dd>{label}</dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
