"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { cn } from "@/components/ui/class-names";
import { TAG_COLORS } from "@/server/organizing/constants";
import type { Tag, TagColor } from "@/server/organizing/contract";
import { NameDialog } from "./name-dialog";
import { TAG_DOTS } from "./tag-chip";
import { useOrganizing } from "./use-organizing";

/** Makes a tag, on some things at once, or changes one. */
export function TagDialog({ tag, itemIds = [], close }: { tag?: Tag; itemIds?: string[]; close: () => void }) {
  const trpc = useTRPC();
  const { refresh } = useOrganizing();
  const [color, setColor] = useState<TagColor>(tag?.color ?? "blue");
  const onSuccess = async () => {
    await refresh();
    close();
  };
  const create = useMutation(trpc.organizing.createTag.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.organizing.updateTag.mutationOptions({ onSuccess }));
  const submit = (name: string) => (tag === undefined ? create.mutate({ name, color, itemIds }) : update.mutate({ tagId: tag.id, name, color }));
  return (
    <NameDialog
      title={tag === undefined ? "New tag" : `Change the tag ${tag.name}`}
      action={tag === undefined ? "Create tag" : "Save"}
      name={tag?.name}
      maxLength={50}
      isPending={create.isPending || update.isPending}
      error={create.error ?? update.error}
      onSubmit={submit}
      close={close}
    >
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1.5 text-sm font-medium">Colour</legend>
        <div className="flex flex-wrap gap-2">
          {TAG_COLORS.map((name) => (
            <label key={name} title={name} className={cn("cursor-pointer rounded-full p-1 ring-offset-2 ring-offset-popover has-focus-visible:ring-2 has-focus-visible:ring-ring", color === name && "bg-accent ring-1 ring-foreground/50")}>
              <input type="radio" name="color" value={name} checked={color === name} onChange={() => setColor(name)} className="sr-only" />
              <span className={cn("block size-5 rounded-full", TAG_DOTS[name])} />
              <span className="sr-only">{name}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </NameDialog>
  );
}
