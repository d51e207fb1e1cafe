"use client";

import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SHORTCUT_GROUPS, textOfShortcut } from "./shortcuts";

export function ShortcutsDialog({ close }: { close: () => void }) {
  const isMac = /mac/i.test(navigator.userAgent);
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())}>
      <DialogContent title="Keyboard shortcuts" className="max-w-xl">
        <div className="flex flex-col gap-5">
          {SHORTCUT_GROUPS.map(({ title, shortcuts, more = [] }) => (
            <section key={title} className="flex flex-col gap-2">
              <h3 className="text-sm font-medium text-muted-foreground">{title}</h3>
              <dl className="grid grid-cols-[9rem_1fr] items-baseline gap-x-4 gap-y-2 text-sm">
                {[...shortcuts.map((shortcut) => ({ keys: textOfShortcut(shortcut), label: shortcut.label })), ...more].map(({ keys, label }) => (
                  <div key={`${keys} ${label}`} className="contents">
                    <dt><kbd className="rounded-md border bg-muted px-1.5 py-0.5 font-mono text-xs">{keys.replaceAll("Mod", isMac ? "⌘" : "Ctrl")}</kbd></dt>
                    <dd>{label}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </DialogContent>
    </Dialog>
  );
}
