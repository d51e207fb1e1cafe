"use client";

import { useState } from "react";
import { Command, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import type { SelectOption } from "@/components/ui/select";

/** Found by any part of their paths. */
export function FolderChoices({ options, onPick }: { options: readonly SelectOption[]; onPick: (folderId: string) => void }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const found = options.filter(({ label }) => label.toLowerCase().includes(wanted));
  return (
    <Command label="Folders">
      <CommandInput value={query} onValueChange={setQuery} placeholder="Search folders" autoFocus />
      <CommandList>
        {found.map(({ value, label }) => (
          <CommandItem key={value} value={value} onSelect={() => onPick(value)}>
            <span className="min-w-0 flex-1 break-words">{label}</span>
          </CommandItem>
        ))}
        {found.length === 0 ? <p className="px-2 py-1.5 text-sm text-muted-foreground">No folder fits “{query.trim()}”.</p> : null}
      </CommandList>
    </Command>
  );
}
