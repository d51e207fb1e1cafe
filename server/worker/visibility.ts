import type { Path } from "@/server/engine/events";
import type { Plan, PlanNode } from "@/server/engine/plan";
import { splitIteration } from "@/server/engine/state";

/**
 * Lexical scope: a node sees the nodes of its own slot and iteration and those beside each container around it.
 * The number says how many containers up a node is, so that its path follows from the reader's path.
 */
export function visibleFrom(plan: Plan, node: PlanNode): Map<string, number> {
  const visible = new Map<string, number>();
  let level = 0;
  for (let at: PlanNode | undefined = node; at !== undefined; at = at.parent === null ? undefined : plan.nodes[at.parent]) {
    for (const id of plan.slots[at.slotKey]?.nodes ?? []) visible.set(id, level);
    level += 1;
  }
  return visible;
}

/** What paths begin with `levels` containers above the path's own slot. */
export function prefixAbove(path: Path, levels: number): string {
  let end = path.length;
  for (let cut = 0; cut <= levels; cut++) {
    end = path.lastIndexOf("/", end - 1);
    if (end < 0) return "";
  }
  return path.slice(0, end + 1);
}

export interface EnclosingLoop {
  /** Path of the loop and id of its node. */
  path: Path;
  id: string;
  index: number;
}

/** Loops whose iterations hold the path, innermost first. A path that is an iteration itself is inside its loop. */
export function enclosingLoops(path: Path): EnclosingLoop[] {
  if (!path.includes("[")) return [];
  const loops: EnclosingLoop[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const iteration = splitIteration(path.slice(0, end));
    if (iteration !== null) loops.push({ path: iteration.loop, index: iteration.index, id: iteration.loop.slice(iteration.loop.lastIndexOf("/") + 1) });
  }
  return loops;
}

/** The containers around a path, innermost first. */
export function enclosingContainers(path: Path): Path[] {
  const containers: Path[] = [];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const parent = path.slice(0, end);
    containers.push(splitIteration(parent)?.loop ?? parent);
  }
  return containers;
}
