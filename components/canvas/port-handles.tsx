import { Handle, Position } from "@xyflow/react";
import { cn } from "@/components/ui/class-names";
import { PORT_ROW } from "./layout";

const handleClasses = "!size-2 !min-h-0 !min-w-0 !rounded-full !border !border-card !bg-muted-foreground";

/** Where edges leave a node. Several ports are named in a strip at the bottom. */
export function PortHandles({ ports, hasInput }: { ports: readonly string[]; hasInput: boolean }) {
  const isLabelled = ports.length > 1;
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className={cn(handleClasses, !hasInput && "!opacity-0")} />
      {isLabelled ? (
        <div className="absolute inset-x-0 bottom-0 flex border-t" style={{ height: PORT_ROW }}>
          {ports.map((port) => (
            <span
              key={port}
              className={cn(
                "flex flex-1 items-center justify-center overflow-hidden px-1 text-[11px] text-muted-foreground not-first:border-l",
                port === "error" && "text-destructive",
              )}
            >
              <span className="truncate">{port}</span>
            </span>
          ))}
        </div>
      ) : null}
      {ports.map((port, index) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Bottom}
          isConnectable={false}
          className={handleClasses}
          style={{ left: `${((index + 0.5) / ports.length) * 100}%` }}
        />
      ))}
    </>
  );
}
