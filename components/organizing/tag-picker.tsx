"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useMayEverywhere } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Tag } from "@/server/organizing/contract";
import { TagDialog } from "./tag-dialog";
import { TagDot } from "./tag-chip";
import { useOrganizing, useTree } from "./use-organizing";

export interface TaggedItem {
  id: string;
  tags: readonly Tag[];
}

/** Gives tags to some things or takes them; a tag that only some have is half checked. */
export function TagPicker({ items, title, close }: { items: readonly TaggedItem[]; title: string; close: () => void }) {
  const tree = useTree();
  const { tag: change } = useOrganizing();
  const mayMake = useMayEverywhere("workflow:write");
  const [isCreating, setCreating] = useState(false);
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const ids = items.map(({ id }) => id);
  const stateOf = (tagId: string) => {
    const told = changed.get(tagId);
    if (told !== undefined) return told;
    const count = items.filter(({ tags }) => tags.some(({ id }) => id === tagId)).length;
    return count === items.length ? true : count === 0 ? false : ("indeterminate" as const);
  };
  const toggle = (tagId: string) => {
    const isOn = stateOf(tagId) !== true;
    setChanged(new Map(changed).set(tagId, isOn));
    change(ids, isOn ? { add: [tagId] } : { remove: [tagId] });
  };
  if (isCreating) return <TagDialog itemIds={ids} close={close} />;
  const tags = tree.data?.tags ?? [];
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={title}
        className="max-w-sm"
        unsaved={false}
        footer={
          <>
            {mayMake ? (
              <Button onClick={() => setCreating(true)}>
                <Plus aria-hidden />
                New tag
              </Button>
            ) : null}
            <Button variant="primary" onClick={close}>Done</Button>
          </>
        }
      >
        {tree.isPending ? <SkeletonRows count={3} /> : null}
        {tree.isError ? <ErrorState error={tree.error} retry={() => void tree.refetch()} what="the tags" /> : null}
        {tree.isSuccess && tags.length === 0 ? <p className="text-sm text-muted-foreground">There are no tags yet. A tag marks workflows that belong together, in whatever folder they are.</p> : null}
        <ul className="flex flex-col gap-1">
          {tags.map(({ id, name, color }) => (
            <li key={id}>
              <label className="flex cursor-pointer items-center gap-2.5 rounded-md px-2 py-2 text-sm hover:bg-accent">
                <Checkbox checked={stateOf(id)} onCheckedChange={() => toggle(id)} aria-label={name} />
                <TagDot color={color} />
                <span className="truncate">{name}</span>
              </label>
            </li>
          ))}
        </ul>
      </DialogContent>
    </Dialog>
  );
}
