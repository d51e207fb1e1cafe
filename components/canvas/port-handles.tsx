import { Handle, Position, useNodeId } from "@xyflow/react";
import { useContext } from "react";
import { cn } from "@/components/ui/class-names";
import { AddButton } from "./add-button";
import { CanvasEditingContext } from "./editing";
import { PORT_ROW } from "./layout";

const handleClasses = "!size-2 !min-h-0 !min-w-0 !rounded-full !border !border-card !bg-muted-foreground";

interface PortHandlesProps {
  ports: readonly string[];
  /** Those that nothing follows yet. */
  openPorts: readonly string[];
  hasInput: boolean;
  takesInput?: boolean;
}

/** Where edges leave a node. Several ports are named in a strip at the bottom. */
export function PortHandles({ ports, openPorts, hasInput, takesInput = true }: PortHandlesProps) {
  const isLabelled = ports.length > 1;
  const editing = useContext(CanvasEditingContext);
  const nodeId = useNodeId() ?? "";
  const isEditable = editing !== null;
  const reach = isEditable && "after:absolute after:-inset-2 after:content-['']";
  return (
    <>
      {isEditable && !takesInput ? null : <Handle type="target" position={Position.Top} isConnectable={isEditable} className={cn(handleClasses, reach, !hasInput && !isEditable && "!opacity-0")} />}
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
              <span className="truncate" title={port}>{port}</span>
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
          isConnectable={isEditable}
          className={cn(handleClasses, reach)}
          style={{ left: leftOf(index, ports.length) }}
        />
      ))}
      {editing === null
        ? null
        : ports.map((port, index) =>
            !openPorts.includes(port) ? null : (
              <AddButton
                key={port}
                label={ports.length > 1 ? `Add a step after ${port}` : "Add a step"}
                onAdd={() => editing.addAfter(nodeId, port)}
                className="absolute top-full mt-2.5 -translate-x-1/2"
                style={{ left: leftOf(index, ports.length) }}
              />
            ),
          )}
    </>
  );
}

function leftOf(index: number, count: number): string {
  return `${((index + 0.5) / count) * 100}%`;
}
