"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useEffect, useRef, useState, type ComponentProps, type ReactNode } from "react";
import { Button } from "./button";
import { cn } from "./class-names";
import { CONTROLS, Entered } from "./entered";

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

type FocusProps = Pick<ComponentProps<typeof Primitive.Content>, "onOpenAutoFocus" | "onCloseAutoFocus">;

/** Gives the focus back to where it was before, also when no trigger of Radix opened the dialog. */
function useFocusReturn({ onOpenAutoFocus, onCloseAutoFocus }: FocusProps): FocusProps {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      before.current = document.activeElement;
      onOpenAutoFocus?.(event);
    },
    onCloseAutoFocus: (event) => {
      onCloseAutoFocus?.(event);
      if (!event.defaultPrevented && before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    },
  };
}

const overlayClasses =
  "fixed inset-0 z-50 bg-overlay data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0";

/** Keeps what was entered from a click beside the dialog, and asks before Escape throws it away. */
function useEnteredGuard({ onInteractOutside, onEscapeKeyDown, unsaved }: Pick<DialogContentProps, "onInteractOutside" | "onEscapeKeyDown" | "unsaved">) {
  const [entered] = useState(() => new Entered());
  const [isAsking, setAsking] = useState(false);
  const asked = useRef<Element | null>(null);
  useEffect(() => {
    if (unsaved === false) entered.forget();
  }, [unsaved, entered]);
  const isUnsaved = () => unsaved ?? entered.isSomething;
  // React hands on what happens in dialogs that are opened from within: that is not entered here.
  const visit = ({ target, currentTarget }: { target: EventTarget; currentTarget: Element }) => {
    if (target instanceof Element && currentTarget.contains(target)) entered.visit(target.closest<HTMLInputElement>(CONTROLS));
  };
  const keep = () => {
    setAsking(false);
    if (asked.current instanceof HTMLElement && asked.current.isConnected) asked.current.focus();
  };
  const events: Pick<ComponentProps<typeof Primitive.Content>, "onInteractOutside" | "onEscapeKeyDown" | "onFocusCapture" | "onPointerDownCapture"> = {
    onFocusCapture: visit,
    onPointerDownCapture: visit,
    onInteractOutside: (event) => {
      onInteractOutside?.(event);
      if (isUnsaved()) event.preventDefault();
    },
    onEscapeKeyDown: (event) => {
      onEscapeKeyDown?.(event);
      if (event.defaultPrevented || !isUnsaved()) return;
      event.preventDefault();
      if (isAsking) return keep();
      asked.current = document.activeElement;
      setAsking(true);
    },
  };
  const goOn = () => setAsking(false);
  return { events, isAsking, keep, body: { onInputCapture: goOn, onClickCapture: goOn } };
}

function DiscardQuestion({ keep }: { keep: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">
      <span className="mr-auto text-sm font-medium">Close without saving what you have entered?</span>
      <Button autoFocus onClick={keep}>Keep editing</Button>
      <Primitive.Close asChild>
        <Button variant="destructive">Discard</Button>
      </Primitive.Close>
    </div>
  );
}

/** Of a dialog whose content changes its height, as tabs do: its head stays where it is. */
export const STAYS_HIGH = "top-[max(1rem,6dvh)] max-h-[calc(100dvh-2*max(1rem,6dvh))] translate-y-0";

export interface DialogContentProps extends Omit<ComponentProps<typeof Primitive.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, kept in view while the content scrolls. */
  footer?: ReactNode;
  /** Whether something would be lost; left out, that is seen by its controls. False: what is changed in it applies at once, or is only looked at. */
  unsaved?: boolean | undefined;
}

export function DialogContent({ title, description, footer, unsaved, className, children, ...props }: DialogContentProps) {
  const focus = useFocusReturn(props);
  const guard = useEnteredGuard({ ...props, unsaved });
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClasses} />
      <Primitive.Content
        className={cn(
          "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl border bg-popover text-popover-foreground shadow-xl outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-[0.98]",
          className,
        )}
        {...(description ? {} : { "aria-describedby": undefined })}
        {...props}
        {...focus}
        {...guard.events}
      >
        <div className="flex items-start justify-between gap-4 px-5 pt-5 pb-3">
          <div className="flex min-w-0 flex-col gap-1">
            <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
            {description ? <Primitive.Description className="text-sm text-muted-foreground">{description}</Primitive.Description> : null}
          </div>
          <CloseButton />
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5" {...guard.body}>{children}</div>
        {guard.isAsking ? <DiscardQuestion keep={guard.keep} /> : null}
        {footer ? <div className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</div> : null}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

/** A dialog whose content is its own head; the title is for screen readers. Stands high, so that a list may grow below. */
export function BareDialogContent({ title, className, children, ...props }: Omit<ComponentProps<typeof Primitive.Content>, "title"> & { title: string }) {
  const focus = useFocusReturn(props);
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClasses} />
      <Primitive.Content
        aria-describedby={undefined}
        className={cn(
          "fixed top-[max(1rem,12dvh)] left-1/2 z-50 flex max-h-[min(32rem,calc(100dvh-2rem))] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border bg-popover text-popover-foreground shadow-xl outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0",
          className,
        )}
        {...props}
        {...focus}
      >
        <Primitive.Title className="sr-only">{title}</Primitive.Title>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

export interface SheetContentProps extends Omit<ComponentProps<typeof Primitive.Content>, "title"> {
  title: string;
  side?: "left" | "right" | "bottom";
}

const sides = {
  left: "inset-y-0 left-0 w-72 max-w-[85vw] border-r data-[state=open]:slide-in-from-left data-[state=closed]:slide-out-to-left",
  right: "inset-y-0 right-0 w-[28rem] max-w-[92vw] border-l data-[state=open]:slide-in-from-right data-[state=closed]:slide-out-to-right",
  bottom: "inset-x-0 bottom-0 max-h-[85dvh] rounded-t-xl border-t data-[state=open]:slide-in-from-bottom data-[state=closed]:slide-out-to-bottom",
} as const;

/** A dialog that comes in from an edge. */
export function SheetContent({ title, side = "left", className, children, ...props }: SheetContentProps) {
  const focus = useFocusReturn(props);
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClasses} />
      <Primitive.Content
        aria-describedby={undefined}
        className={cn(
          "fixed z-50 flex flex-col overflow-hidden bg-popover text-popover-foreground shadow-xl outline-none duration-200 data-[state=open]:animate-in data-[state=closed]:animate-out",
          sides[side],
          className,
        )}
        {...props}
        {...focus}
      >
        <div className="flex items-center justify-between gap-4 border-b px-4 py-2.5">
          <Primitive.Title className="truncate text-sm font-semibold">{title}</Primitive.Title>
          <CloseButton />
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
      </Primitive.Content>
    </Primitive.Portal>
  );
}

function CloseButton() {
  return (
    <Primitive.Close
      className="-mt-1 -mr-1.5 rounded-md p-1.5 text-muted-foreground hover:bg-accent hover:text-accent-foreground"
      aria-label="Close"
    >
      <X className="size-4" aria-hidden />
    </Primitive.Close>
  );
}
