import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** Scrolls inside its frame when the window is narrow, by keyboard too. */
export function Table({ className, label, ...props }: ComponentProps<"table"> & { label: string }) {
  return (
    <div className="relative w-full overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className={cn("w-full text-left text-sm", className)} {...props} />
    </div>
  );
}

export function TableHeader(props: ComponentProps<"thead">) {
  return <thead {...props} className={cn("border-b text-xs text-muted-foreground", props.className)} />;
}

export function TableBody(props: ComponentProps<"tbody">) {
  return <tbody {...props} className={cn("divide-y", props.className)} />;
}

export function TableRow(props: ComponentProps<"tr">) {
  return <tr {...props} className={cn("transition-colors hover:bg-muted/60", props.className)} />;
}

export function TableHead(props: ComponentProps<"th">) {
  return <th scope="col" {...props} className={cn("h-9 px-3 font-medium whitespace-nowrap", props.className)} />;
}

export function TableCell(props: ComponentProps<"td">) {
  return <td {...props} className={cn("px-3 py-2.5 align-middle", props.className)} />;
}
