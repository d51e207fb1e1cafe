"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { memo, useContext } from "react";
import type { NodeProps } from "@xyflow/react";
import { STATUS_LOOK } from "@/components/status/statuses";
import { cn } from "@/components/ui/class-names";
import { AddButton } from "./add-button";
import { CanvasEditingContext, DropTargetContext, FoldingContext } from "./editing";
import type { SlotNode as SlotNodeType, StepNode as StepNodeType } from "./flow";
import { CHANGE_LOOK } from "./change-look";
import { KindIcon } from "./kind-icon";
import { FRAME } from "./layout";
import { MarkBadges } from "./mark-badges";
import { CanvasMarksContext, useFrameMark } from "./marks";
import { PortHandles } from "./port-handles";
import { ResizeGrip } from "./resize-grip";

export const ContainerNode = memo(function ContainerNode({ id, data, selected, width = 0, height = 0 }: NodeProps<StepNodeType>) {
  const { node, title, icon, group, isKnown, ports, openPorts, hasInput, hidden } = data;
  const mark = useFrameMark(node.id, hidden);
  const { containerControl, isRun } = useContext(CanvasMarksContext);
  const isUnreached = isRun && mark === undefined;
  const control = containerControl?.(node.id) ?? null;
  return (
    <div
      className={cn(
        "relative size-full rounded-xl border bg-card/60",
        mark?.status ? STATUS_LOOK[mark.status].ring : mark?.change ? CHANGE_LOOK[mark.change].ring : mark?.errors ? "border-destructive" : "border-input",
        hidden !== null && "bg-card shadow-[3px_3px_0_-1px_var(--card),3px_3px_0_0_var(--input)]",
        selected && "ring-2 ring-ring",
        node.disabled && "border-dashed",
        (node.disabled || isUnreached) && "opacity-60",
      )}
    >
      <div className="flex items-center gap-2 px-3" style={{ height: FRAME.header }}>
        <Fold id={id} name={node.name} isCollapsed={hidden !== null} />
        <KindIcon icon={icon} group={group} isKnown={isKnown} small />
        <span className="min-w-0 truncate text-[13px] font-medium">{node.name}</span>
        {control === null ? <span className="min-w-0 truncate text-[11px] text-muted-foreground">{isKnown ? title : `Unknown kind ${node.kind}`}</span> : null}
        <span className="ml-auto flex shrink-0 items-center gap-2">
          {hidden === null ? null : <span className="text-[11px] text-muted-foreground">{hidden.length === 1 ? "1 step" : `${hidden.length} steps`}</span>}
          {control}
          <MarkBadges mark={mark} />
        </span>
      </div>
      <PortHandles ports={ports} openPorts={openPorts} hasInput={hasInput} />
      {hidden === null ? <ResizeGrip nodeId={id} name={node.name} size={{ width, height }} least={LEAST} isSelected={selected === true} canFit /> : null}
    </div>
  );
});

const LEAST = { width: FRAME.headerWidth, height: FRAME.header + FRAME.slotLabel + FRAME.minHeight + FRAME.slotFoot + FRAME.padding };

function Fold({ id, name, isCollapsed }: { id: string; name: string; isCollapsed: boolean }) {
  const fold = useContext(FoldingContext);
  const isEditable = useContext(CanvasEditingContext) !== null;
  if (fold === null) return null;
  const Icon = isCollapsed ? ChevronRight : ChevronDown;
  return (
    <button
      type="button"
      // On a canvas under edit a key of its own folds what is selected.
      tabIndex={isEditable ? -1 : 0}
      aria-expanded={!isCollapsed}
      aria-label={`${isCollapsed ? "Expand" : "Collapse"} ${name}`}
      title={isCollapsed ? "Expand" : "Collapse"}
      onClick={(event) => {
        event.stopPropagation();
        fold(id, !isCollapsed);
      }}
      className="nodrag nopan -ml-1.5 flex size-6 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground"
    >
      <Icon className="size-4" aria-hidden />
    </button>
  );
}

export const SlotNode = memo(function SlotNode({ id, parentId, data }: NodeProps<SlotNodeType>) {
  const editing = useContext(CanvasEditingContext);
  const isTarget = useContext(DropTargetContext) === id;
  return (
    <div className={cn("size-full rounded-lg border border-dashed border-input bg-frame", isTarget && "border-solid border-primary bg-primary/10 ring-2 ring-primary/40")}>
      <p className="px-2.5 pt-1.5 text-[11px] font-medium tracking-wide text-muted-foreground">{data.label}</p>
      {data.isEmpty && editing === null ? <p className="px-2.5 pt-2 text-xs text-muted-foreground">Nothing here</p> : null}
      {data.isEmpty && editing !== null && parentId !== undefined ? (
        <AddButton label={`Add a step to ${data.label}`} onAdd={() => editing.addInside(parentId, data.label)} className="absolute top-1/2 left-1/2 -translate-x-1/2" />
      ) : null}
    </div>
  );
});
