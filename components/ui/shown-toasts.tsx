"use client";

import { useEffect } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { useTheme } from "@/components/theme/use-theme";
import { toasterPort } from "./toast";

export function ShownToasts() {
  const { resolved } = useTheme();
  // Its own effects come before this one: it hears what is said from now on.
  useEffect(() => toasterPort.ready(toast), []);
  return (
    <Sonner
      theme={resolved}
      position="bottom-right"
      closeButton
      toastOptions={{ classNames: { toast: "!bg-popover !text-popover-foreground !border-border !text-sm" } }}
    />
  );
}
