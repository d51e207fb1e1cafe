"use client";

import { Tabs as Primitive } from "radix-ui";
import { useEffect, useRef, type ComponentProps } from "react";
import { cn } from "./class-names";
import { showInRow } from "./show-in-row";

export const Tabs = Primitive.Root;

export function TabsList({ className, ...props }: ComponentProps<typeof Primitive.List>) {
  const list = useRef<HTMLDivElement>(null);
  // Where tabs do not fit side by side, the chosen one is in view.
  useEffect(() => showInRow(list.current, "[data-state=active]"));
  return <Primitive.List ref={list} className={cn("flex items-center gap-1 overflow-x-auto border-b", className)} {...props} />;
}

export function TabsTrigger({ className, ...props }: ComponentProps<typeof Primitive.Trigger>) {
  return (
    <Primitive.Trigger
      className={cn(
        "-mb-px flex items-center gap-1.5 border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-muted-foreground transition-colors hover:text-foreground focus-visible:-outline-offset-2 data-[state=active]:border-primary data-[state=active]:text-foreground [&_svg]:size-4",
        className,
      )}
      {...props}
    />
  );
}

export function TabsContent({ className, ...props }: ComponentProps<typeof Primitive.Content>) {
  return <Primitive.Content className={cn("focus-visible:outline-offset-0", className)} {...props} />;
}
