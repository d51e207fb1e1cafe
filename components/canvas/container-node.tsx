"use client";

import { memo, useContext } from "react";
import type { NodeProps } from "@xyflow/react";
import { STATUS_LOOK } from "@/components/status/statuses";
import { cn } from "@/components/ui/class-names";
import { AddButton } from "./add-button";
import { CanvasEditingContext, DropTargetContext } from "./editing";
import { KindIcon } from "./kind-icon";
import { FRAME } from "./layout";
import { MarkBadges } from "./mark-badges";
import { CanvasMarksContext, useNodeMark } from "./marks";
import { PortHandles } from "./port-handles";
import type { SlotNode as SlotNodeType, StepNode as StepNodeType } from "./project-to-flow";

export const ContainerNode = memo(function ContainerNode({ data, selected }: NodeProps<StepNodeType>) {
  const { node, title, icon, group, isKnown, ports, hasInput } = data;
  const mark = useNodeMark(node.id);
  const { containerControl, isRun } = useContext(CanvasMarksContext);
  const isUnreached = isRun && mark === undefined;
  const control = containerControl?.(node.id) ?? null;
  return (
    <div
      className={cn(
        "relative size-full rounded-xl border bg-card/60",
        mark?.status ? STATUS_LOOK[mark.status].ring : mark?.errors ? "border-destructive" : "border-input",
        selected && "ring-2 ring-ring",
        node.disabled && "border-dashed",
        (node.disabled || isUnreached) && "opacity-60",
      )}
    >
      <div className="flex items-center gap-2 px-3" style={{ height: FRAME.header }}>
        <KindIcon icon={icon} group={group} isKnown={isKnown} small />
        <span className="min-w-0 truncate text-[13px] font-medium">{node.name}</span>
        {control === null ? <span className="min-w-0 truncate text-[11px] text-muted-foreground">{isKnown ? title : `Unknown kind ${node.kind}`}</span> : null}
        <span className="ml-auto flex shrink-0 items-center gap-2">
          {control}
          <MarkBadges mark={mark} />
        </span>
      </div>
      <PortHandles ports={ports} hasInput={hasInput} />
    </div>
  );
});

export const SlotNode = memo(function SlotNode({ id, parentId, data }: NodeProps<SlotNodeType>) {
  const editing = useContext(CanvasEditingContext);
  const isTarget = useContext(DropTargetContext) === id;
  return (
    <div className={cn("size-full rounded-lg border border-dashed border-input bg-frame", isTarget && "border-solid border-primary bg-primary/10")}>
      <p className="px-2.5 pt-1.5 text-[11px] font-medium tracking-wide text-muted-foreground">{data.label}</p>
      {data.isEmpty && editing === null ? <p className="px-2.5 pt-2 text-xs text-muted-foreground">Nothing here</p> : null}
      {data.isEmpty && editing !== null && parentId !== undefined ? (
        <AddButton label={`Add a step to ${data.label}`} onAdd={() => editing.addInside(parentId, data.label)} className="absolute top-1/2 left-1/2 -translate-x-1/2" />
      ) : null}
    </div>
  );
});
