"use client";

import { Check } from "lucide-react";
import type { DropdownMenu as Primitive } from "radix-ui";
import { useRef, type ComponentProps, type FocusEvent } from "react";
import { cn } from "./class-names";
import { makeOpening, type OpeningProps } from "./opening";

const { OpeningContext, useOpening, useNewOpening, useParts, PlainTrigger } = makeOpening(() => import("./menu-parts").then(({ menu }) => menu), "menu");

export function DropdownMenu({ children, ...control }: OpeningProps) {
  const opening = useNewOpening(control);
  const content = <OpeningContext value={opening}>{children}</OpeningContext>;
  return opening.parts === null ? content : <opening.parts.Root defaultOpen {...control}>{content}</opening.parts.Root>;
}

export function DropdownMenuTrigger(props: ComponentProps<typeof Primitive.Trigger>) {
  const { parts } = useOpening();
  return parts === null ? <PlainTrigger {...props} /> : <parts.Trigger {...props} />;
}

const itemClasses =
  "flex cursor-default items-center gap-2 rounded-sm px-2 py-1.5 text-sm outline-none select-none data-disabled:pointer-events-none data-disabled:opacity-50 data-highlighted:bg-accent data-highlighted:text-accent-foreground [&_svg]:size-4 [&_svg]:shrink-0";

export function DropdownMenuContent({ className, sideOffset = 4, align = "end", ...props }: ComponentProps<typeof Primitive.Content>) {
  const { parts, byKey } = useOpening();
  const goToFirst = useFirstEntry(byKey);
  if (parts === null) return null;
  return (
    <parts.Portal>
      <parts.Content
        sideOffset={sideOffset}
        align={align}
        collisionPadding={8}
        onFocus={goToFirst}
        className={cn(
          "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 overflow-y-auto rounded-md border bg-popover p-1 text-popover-foreground shadow-md data-[state=open]:animate-in data-[state=open]:fade-in-0",
          className,
        )}
        {...props}
      />
    </parts.Portal>
  );
}

/** Radix has not seen the key that opened the menu for the first time, so it leaves the focus on the menu itself. */
function useFirstEntry(byKey: boolean): (event: FocusEvent<HTMLElement>) => void {
  const isDone = useRef(false);
  return (event) => {
    if (!byKey || isDone.current || event.target !== event.currentTarget) return;
    isDone.current = true;
    event.currentTarget.querySelector<HTMLElement>("[role^=menuitem]:not([data-disabled])")?.focus();
  };
}

export function DropdownMenuItem({ className, destructive = false, ...props }: ComponentProps<typeof Primitive.Item> & { destructive?: boolean }) {
  const { Item } = useParts();
  return <Item className={cn(itemClasses, destructive && "text-destructive", className)} {...props} />;
}

export function DropdownMenuCheckboxItem({ className, children, ...props }: ComponentProps<typeof Primitive.CheckboxItem>) {
  const { CheckboxItem, ItemIndicator } = useParts();
  return (
    <CheckboxItem className={cn(itemClasses, "relative pr-8", className)} {...props}>
      {children}
      <ItemIndicator className="absolute right-2"><Check aria-hidden /></ItemIndicator>
    </CheckboxItem>
  );
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Primitive.Label>) {
  const { Label } = useParts();
  return <Label className={cn("px-2 py-1.5 text-xs font-medium text-muted-foreground", className)} {...props} />;
}

export function DropdownMenuSeparator({ className, ...props }: ComponentProps<typeof Primitive.Separator>) {
  const { Separator } = useParts();
  return <Separator className={cn("-mx-1 my-1 h-px bg-border", className)} {...props} />;
}
