import { isContainerKind } from "./definition";
import type { PlanNode } from "./plan";
import { newBox, newNodeState, type Context, type Frame, type NodePhase, type NodeState } from "./state";
import type { EngineCommand, Path, Untaken } from "./events";

/** Opening frames, the firing rule, and settling nodes. */

export interface FrameSpec {
  key: string;
  prefix: string;
  slotKey: string;
  owner: Path | null;
  iteration: number | null;
  /** Start nodes that must not run (trigger nodes that did not fire). */
  dead?: readonly string[];
}

export function openFrame(ctx: Context, spec: FrameSpec): void {
  const slot = ctx.plan.slots[spec.slotKey];
  const frame: Frame = {
    key: spec.key,
    prefix: spec.prefix,
    slotKey: spec.slotKey,
    owner: spec.owner,
    iteration: spec.iteration,
    remaining: slot?.nodes.length ?? 0,
    active: 0,
    nodes: {},
    unwind: null,
  };
  ctx.state.frames[frame.key] = frame;
  if (slot === undefined || frame.remaining === 0) {
    ctx.agenda.push({ type: "close", frame });
    return;
  }
  for (const id of slot.starts) {
    const status = touch(ctx, frame, id);
    if (spec.dead?.includes(id) === true) settle(ctx, frame, nodeOf(ctx, id), status, "dead", null);
    else ctx.agenda.push({ type: "consider", frame, id });
  }
}

/** Applies the firing rule to a node one of whose incoming edges was just decided. */
export function consider(ctx: Context, frame: Frame, id: string): void {
  const node = nodeOf(ctx, id);
  const status = touch(ctx, frame, id);
  if (status.phase !== "pending" || frame.unwind !== null) return;
  const verdict = firing(node, status);
  if (verdict === "run") begin(ctx, frame, node, status);
  else if (verdict === "dead") settle(ctx, frame, node, status, "dead", null);
}

function firing(node: PlanNode, status: NodeState): "run" | "dead" | "open" {
  const taken = status.taken.length;
  if (node.join !== null && node.inCount > 0 && !node.join.all) {
    if (taken >= node.join.needed) return "run";
    return taken + status.open < node.join.needed ? "dead" : "open";
  }
  if (status.open > 0) return "open";
  if (node.inCount === 0) return "run";
  const needed = node.join?.all === true ? node.inCount : 1;
  return taken >= needed ? "run" : "dead";
}

function begin(ctx: Context, frame: Frame, node: PlanNode, status: NodeState): void {
  const path = frame.prefix + node.id;
  frame.active += 1;
  status.firstAt = ctx.at;
  status.attempt = 1;
  if (isContainerKind(node.kind)) {
    status.phase = "entering";
    status.box = newBox();
    ctx.commands.push({ type: "enter", path, nodeId: node.id });
  } else {
    launch(ctx, path, node, status);
  }
  if (node.join !== null && node.join.cancels.length > 0) ctx.agenda.push({ type: "cancelNodes", frame, ids: node.join.cancels });
}

/** Starts the current attempt of a step, or holds it back while `maxParallel` steps execute. */
export function launch(ctx: Context, path: Path, node: PlanNode, status: NodeState): void {
  if (ctx.state.executing >= ctx.plan.maxParallel) {
    status.phase = "held";
    ctx.state.held.push(path);
    return;
  }
  status.phase = "running";
  ctx.state.executing += 1;
  ctx.commands.push(startCommand(path, node, status));
}

export function startCommand(path: Path, node: PlanNode, status: NodeState): EngineCommand {
  return {
    type: "startStep",
    path,
    nodeId: node.id,
    attempt: status.attempt,
    taken: [...new Set(status.taken)],
    ...(status.resume === undefined ? {} : { resume: status.resume }),
  };
}

const ACTIVE: ReadonlySet<NodePhase> = new Set(["held", "running", "backoff", "waiting", "entering", "open", "exiting"]);

export function isActive(phase: NodePhase): boolean {
  return ACTIVE.has(phase);
}

/**
 * Ends a node's part in its frame. With a port, its edges of that port are taken (but for `untaken`); null takes none.
 * In a frame that is unwinding no edge counts any more.
 */
export function settle(ctx: Context, frame: Frame, node: PlanNode, status: NodeState, phase: NodePhase, port: string | null, untaken?: Untaken): void {
  if (isActive(status.phase)) frame.active -= 1;
  status.phase = phase;
  frame.remaining -= 1;
  status.taken = [];
  delete status.box;
  delete status.wait;
  delete status.resume;
  if (frame.unwind === null) {
    node.out.forEach((edge, index) => {
      const target = touch(ctx, frame, edge.to);
      target.open -= 1;
      // What comes after a join has fired is late: its sources are those it fired with, in every attempt and replay.
      if (port !== null && edge.port === port && target.phase === "pending" && untaken?.includes(index) !== true) target.taken.push(node.id);
      ctx.agenda.push({ type: "consider", frame, id: edge.to });
    });
  }
  closeWhenDone(ctx, frame);
}

export function closeWhenDone(ctx: Context, frame: Frame): void {
  if (frame.remaining === 0 || (frame.unwind !== null && frame.active === 0)) ctx.agenda.push({ type: "close", frame });
}

export function nodeOf(ctx: Context, id: string): PlanNode {
  const node = ctx.plan.nodes[id];
  if (node === undefined) throw new Error(`the plan has no node ${id}`);
  return node;
}

export function touch(ctx: Context, frame: Frame, id: string): NodeState {
  return (frame.nodes[id] ??= newNodeState(nodeOf(ctx, id).inCount));
}
