import { cn } from "@/components/ui/class-names";
import { asStatus, STATUS_LOOK } from "./statuses";

export function StatusIcon({ status, className }: { status: string; className?: string }) {
  const known = asStatus(status);
  const { icon: Icon, text } = STATUS_LOOK[known];
  return <Icon aria-hidden className={cn("size-4 shrink-0", text, known === "running" && "animate-spin [animation-duration:2s]", className)} />;
}

export function StatusBadge({ status, className }: { status: string; className?: string }) {
  const look = STATUS_LOOK[asStatus(status)];
  return (
    <span
      data-status={status}
      className={cn(
        "inline-flex items-center gap-1 rounded-full border py-0.5 pr-2 pl-1 text-xs font-medium whitespace-nowrap",
        look.text,
        look.soft,
        className,
      )}
    >
      <StatusIcon status={status} className="size-3.5" />
      {look.label}
    </span>
  );
}
