import type { ReactNode } from "react";
import { cn } from "@/components/ui/class-names";
import type { Tag, TagColor } from "@/server/organizing/contract";

/** Hues only: the same in light and dark, on top of the theme's own colours. */
export const TAG_DOTS: Readonly<Record<TagColor, string>> = {
  gray: "bg-neutral-500",
  red: "bg-red-500",
  orange: "bg-orange-500",
  green: "bg-green-600",
  teal: "bg-teal-500",
  blue: "bg-blue-500",
  violet: "bg-violet-500",
  pink: "bg-pink-500",
};

export function TagDot({ color }: { color: TagColor }) {
  return <span aria-hidden className={cn("size-2 shrink-0 rounded-full", TAG_DOTS[color])} />;
}

export function TagChip({ tag, children }: { tag: Tag; children?: ReactNode }) {
  return (
    <span className="inline-flex max-w-40 items-center gap-1.5 rounded-full border bg-card px-2 py-0.5 text-xs text-foreground">
      <TagDot color={tag.color} />
      <span className="truncate">{tag.name}</span>
      {children}
    </span>
  );
}
