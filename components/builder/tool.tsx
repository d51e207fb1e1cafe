"use client";

import type { LucideIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";

export interface ToolProps {
  icon: LucideIcon;
  label: string;
  isOff?: boolean;
  /** Of a tool that stays on. */
  isPressed?: boolean;
  onClick: () => void;
}

export function Tool({ icon: Icon, label, isOff = false, isPressed, onClick }: ToolProps) {
  return (
    <Tooltip content={label}>
      <Button variant="ghost" size="icon-sm" aria-label={label} aria-pressed={isPressed} disabled={isOff} onClick={onClick} className={isPressed ? "bg-accent text-primary" : undefined}>
        <Icon aria-hidden />
      </Button>
    </Tooltip>
  );
}
