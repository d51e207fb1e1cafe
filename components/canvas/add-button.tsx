import { Plus } from "lucide-react";
import type { CSSProperties } from "react";
import { cn } from "@/components/ui/class-names";

/** For the mouse; the keyboard adds to what is selected. */
export function AddButton({ label, onAdd, className, style }: { label: string; onAdd: () => void; className?: string; style?: CSSProperties }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      title={label}
      style={style}
      onClick={(event) => {
        event.stopPropagation();
        onAdd();
      }}
      className={cn(
        "nodrag nopan pointer-events-auto flex size-5 items-center justify-center rounded-full border border-input bg-card text-muted-foreground shadow-xs hover:border-primary hover:bg-primary hover:text-primary-foreground",
        className,
      )}
    >
      <Plus className="size-3.5" aria-hidden />
    </button>
  );
}
