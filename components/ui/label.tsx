import type { ComponentProps } from "react";
import { cn } from "./class-names";

export function Label({ className, ...props }: ComponentProps<"label">) {
  // The control is named by htmlFor at every use.
  return <label className={cn("text-sm font-medium", className)} {...props} />;
}
