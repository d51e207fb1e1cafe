"use client";

import { Toaster as Sonner } from "sonner";
import { useTheme } from "@/components/theme/use-theme";

export function Toaster() {
  const { resolved } = useTheme();
  return (
    <Sonner
      theme={resolved}
      position="bottom-right"
      closeButton
      toastOptions={{ classNames: { toast: "!bg-popover !text-popover-foreground !border-border !text-sm" } }}
    />
  );
}
