"use client";

import { Check, MoreVertical, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { Tag, Tree } from "@/server/organizing/contract";
import { TagDialog } from "./tag-dialog";
import { TagDot } from "./tag-chip";
import { useOrganizing } from "./use-organizing";

/** Tags as filters: several together narrow the list. */
export function TagList({ tags, chosen, onChange }: { tags: Tree["tags"]; chosen: readonly string[]; onChange: (tagIds: string[]) => void }) {
  const mayWrite = useMayEverywhere("workflow:write");
  const { deleteTag } = useOrganizing();
  const [dialog, setDialog] = useState<Tag | "new" | null>(null);
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((entry) => entry !== id) : [...chosen, id]);
  return (
    <section aria-label="Tags">
      <div className="flex items-center justify-between pr-1 pl-2">
        <h2 className="text-xs font-medium text-muted-foreground">Tags</h2>
        {mayWrite ? (
          <Button variant="ghost" size="icon-sm" aria-label="New tag" title="New tag" onClick={() => setDialog("new")}>
            <Plus aria-hidden />
          </Button>
        ) : null}
      </div>
      <ul className="flex flex-col">
        {tags.map((tag) => (
          <li key={tag.id} className={cn("flex items-center rounded-md hover:bg-accent", chosen.includes(tag.id) && "bg-accent text-accent-foreground")}>
            <button type="button" aria-pressed={chosen.includes(tag.id)} onClick={() => toggle(tag.id)} className="flex min-w-0 flex-1 items-center gap-2 py-1.5 pl-2 text-left text-sm">
              {chosen.includes(tag.id) ? <Check className="size-3.5 shrink-0" aria-hidden /> : <span className="flex w-3.5 justify-center"><TagDot color={tag.color} /></span>}
              <span className="min-w-0 flex-1 truncate">{tag.name}</span>
              <span className="text-xs text-muted-foreground tabular-nums">{tag.count}<span className="sr-only"> workflows</span></span>
            </button>
            {mayWrite ? (
              <DropdownMenu>
                <DropdownMenuTrigger asChild>
                  <Button variant="ghost" size="icon-sm" aria-label={`Actions for tag ${tag.name}`} className="text-muted-foreground">
                    <MoreVertical aria-hidden />
                  </Button>
                </DropdownMenuTrigger>
                <DropdownMenuContent>
                  <DropdownMenuItem onSelect={() => setDialog(tag)}><Pencil aria-hidden />Name and colour</DropdownMenuItem>
                  <DropdownMenuItem destructive onSelect={() => deleteTag(tag)}><Trash2 aria-hidden />Delete tag</DropdownMenuItem>
                </DropdownMenuContent>
              </DropdownMenu>
            ) : <span className="w-2" />}
          </li>
        ))}
      </ul>
      {dialog === null ? null : <TagDialog tag={dialog === "new" ? undefined : dialog} close={() => setDialog(null)} />}
    </section>
  );
}
