import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from "lucide-react";
import { cn } from "@/components/ui/class-names";
import type { InboxItemView } from "@/server/alerts/contract";

const LOOK: Readonly<Record<InboxItemView["severity"], readonly [LucideIcon, string, string]>> = {
  error: [CircleAlert, "text-destructive", "Error"],
  warning: [TriangleAlert, "text-warning", "Warning"],
  info: [Info, "text-primary", "Note"],
  success: [CircleCheck, "text-status-succeeded", "Good news"],
};

export function SeverityIcon({ severity, className }: { severity: InboxItemView["severity"]; className?: string }) {
  const [Icon, color, label] = LOOK[severity];
  return (
    <>
      <Icon aria-hidden className={cn("size-4 shrink-0", color, className)} />
      <span className="sr-only">{label}</span>
    </>
  );
}
