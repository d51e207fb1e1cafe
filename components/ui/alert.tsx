import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names";

const tones = {
  info: { icon: Info, classes: "border-primary/30 bg-primary/5", iconClasses: "text-primary" },
  warning: { icon: TriangleAlert, classes: "border-warning/40 bg-warning/8", iconClasses: "text-warning" },
  danger: { icon: CircleAlert, classes: "border-destructive/40 bg-destructive/8", iconClasses: "text-destructive" },
} as const;

export interface AlertProps {
  tone?: keyof typeof tones;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function Alert({ tone = "info", title, children, actions, className }: AlertProps) {
  const { icon: Icon, classes, iconClasses } = tones[tone];
  return (
    <div role={tone === "danger" ? "alert" : "status"} className={cn("flex gap-3 rounded-lg border p-3 text-sm", classes, className)}>
      <Icon className={cn("mt-0.5 size-4 shrink-0", iconClasses)} aria-hidden />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium break-words">{title}</p>
        {children ? <div className="text-muted-foreground">{children}</div> : null}
        {actions ? <div className="mt-1 flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}
