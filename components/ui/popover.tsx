"use client";

import type { Popover as Primitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names";
import { makeOpening, type OpeningProps } from "./opening";

const { OpeningContext, useOpening, useNewOpening, PlainTrigger } = makeOpening(() => import("./popover-parts").then(({ popover }) => popover), "dialog");

export function Popover({ children, ...control }: OpeningProps) {
  const opening = useNewOpening(control);
  const content = <OpeningContext value={opening}>{children}</OpeningContext>;
  return opening.parts === null ? content : <opening.parts.Root defaultOpen {...control}>{content}</opening.parts.Root>;
}

export function PopoverTrigger(props: ComponentProps<typeof Primitive.Trigger>) {
  const { parts } = useOpening();
  return parts === null ? <PlainTrigger {...props} /> : <parts.Trigger {...props} />;
}

export function PopoverContent({ className, sideOffset = 4, align = "start", ...props }: ComponentProps<typeof Primitive.Content>) {
  const { parts } = useOpening();
  if (parts === null) return null;
  return (
    <parts.Portal>
      <parts.Content
        sideOffset={sideOffset}
        align={align}
        collisionPadding={8}
        className={cn("z-50 w-72 rounded-lg border bg-popover p-4 text-popover-foreground shadow-lg outline-none", className)}
        {...props}
      />
    </parts.Portal>
  );
}
