"use client";

import { RotateCcw } from "lucide-react";
import { memo, useContext } from "react";
import type { NodeProps } from "@xyflow/react";
import { STATUS_LOOK } from "@/components/status/statuses";
import { cn } from "@/components/ui/class-names";
import { CHANGE_LOOK } from "./change-look";
import { KindIcon } from "./kind-icon";
import { MarkBadges } from "./mark-badges";
import { CanvasMarksContext, useNodeMark } from "./marks";
import { PortHandles } from "./port-handles";
import type { StepNode as StepNodeType } from "./flow";

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepNodeType>) {
  const { node, title, icon, group, isKnown, ports, openPorts, hasInput } = data;
  const mark = useNodeMark(node.id);
  const isUnreached = useContext(CanvasMarksContext).isRun && mark === undefined;
  return (
    <div
      className={cn(
        "relative size-full rounded-lg border bg-card shadow-xs transition-shadow",
        mark?.status ? STATUS_LOOK[mark.status].ring : mark?.change ? CHANGE_LOOK[mark.change].ring : mark?.errors ? "border-destructive" : "border-input",
        mark?.status === "running" && "shadow-[0_0_0_3px_var(--status-running)]/20",
        selected && "ring-2 ring-ring",
        node.disabled && "border-dashed",
        (node.disabled || isUnreached) && "opacity-60",
      )}
    >
      <div className="flex h-[58px] items-center gap-2.5 px-3">
        <KindIcon icon={icon} group={group} isKnown={isKnown} />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="truncate text-[13px] leading-tight font-medium">{node.name}</span>
          <span className="flex items-center gap-1 truncate text-[11px] text-muted-foreground">
            <span className="truncate">{isKnown ? title : `Unknown kind ${node.kind}`}</span>
            {mark?.attempt !== undefined && mark.attempt > 1 ? <span className="shrink-0">· attempt {mark.attempt}</span> : null}
            {node.retries && mark === undefined ? <RotateCcw className="size-3 shrink-0" aria-label="retries" /> : null}
          </span>
        </span>
        <MarkBadges mark={mark} />
      </div>
      <PortHandles ports={ports} openPorts={openPorts} hasInput={hasInput} takesInput={group !== "Triggers" || hasInput} />
    </div>
  );
});
