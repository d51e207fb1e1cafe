"use client";

import { NodeToolbar, Position } from "@xyflow/react";
import { FlaskConical, Pin, PinOff, SlidersHorizontal, StepForward, type LucideIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { MoreMenu } from "../command-menu";
import { isTrigger, type Draft, type DraftNode } from "../draft";
import { menuFor } from "../menu-commands";
import type { Command } from "../shortcuts";
import { useTestBench } from "./test-context";

export interface NodeToolsProps {
  node: DraftNode;
  draft: Draft;
  run: (command: Command) => void;
  /** Set where the step's panel does not stand beside the canvas. */
  openPanel?: () => void;
}

/** What can be tried and done with the selected step, at the step itself. */
export function NodeTools({ node, draft, run, openPanel }: NodeToolsProps) {
  return (
    <NodeToolbar nodeId={node.id} position={Position.Top} align="center" offset={8} isVisible>
      <div className="flex rounded-md border bg-card p-0.5 shadow-sm">
        {openPanel === undefined ? null : <Tool size="icon" icon={SlidersHorizontal} label="Set up" keys="Enter" onClick={openPanel} />}
        <TestButtons node={node} size="icon" />
        <MoreMenu label="More with this step" groups={menuFor(draft, [node.id], [])} run={run} />
      </div>
    </NodeToolbar>
  );
}

/** The same buttons stand at the node and in its panel. */
export function TestButtons({ node, size }: { node: DraftNode; size: "icon" | "text" }) {
  const bench = useTestBench();
  const isPinned = Object.hasOwn(bench.pins, node.id);
  const step = bench.resultOf(node.id)?.attempts.at(-1);
  return (
    <>
      {bench.mayTest && !isTrigger(node.kind) ? <Tool size={size} icon={FlaskConical} label="Test step" keys="T" disabled={bench.isStarting} onClick={() => bench.testStep(node.id)} /> : null}
      {bench.mayTest ? <Tool size={size} icon={StepForward} label="Run up to here" keys="Shift T" disabled={bench.isStarting} onClick={() => bench.run(node.id)} /> : null}
      {isPinned ? (
        <Tool size={size} icon={PinOff} label="Unpin output" keys="P" onClick={() => bench.unpin(node.id)} />
      ) : (
        <Tool size={size} icon={Pin} label="Pin output" keys="P" disabled={step?.status !== "succeeded"} onClick={() => bench.pin(node.id, "last test")} />
      )}
    </>
  );
}

function Tool({ icon: Icon, label, keys, size, disabled = false, onClick }: { icon: LucideIcon; label: string; keys: string; size: "icon" | "text"; disabled?: boolean; onClick: () => void }) {
  return (
    <Button variant={size === "icon" ? "ghost" : "secondary"} size={size === "icon" ? "icon-sm" : "sm"} aria-label={label} title={`${label} (${keys})`} disabled={disabled} onClick={onClick}>
      <Icon aria-hidden />
      {size === "icon" ? null : label}
    </Button>
  );
}
