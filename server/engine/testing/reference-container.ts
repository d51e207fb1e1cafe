import type { WorkflowNode } from "@/server/engine/definition";
import type { Path } from "@/server/engine/events";
import { evaluateForEach, evaluateWhile } from "./reference-loop";
import { slotsOf } from "./script";
import { afterFailure, afterSuccess, CANCELLED, describeEnding, DONE, ended, row, together, type Inside, type NodeResult, type Result, type World } from "./reference-world";

export function evaluateContainer(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number): NodeResult {
  const entered = start + world.enterTime(path);
  const entry = world.script.enter(node, path);
  if (entry.status !== "entered") {
    const facts = [row(path, 1, entry.status === "pinned" ? "succeeded" : entry.status)];
    if (cancelAt <= entered) return ended(entered, CANCELLED, facts);
    if (entry.status === "failed") return afterFailure(world, node, path, { end: entered, error: `${path}#1`, fatal: entry.fatal, facts });
    return afterSuccess(world, node, path, entered, "out", facts);
  }
  const inside = evaluateInside(world, node, path, entered, cancelAt, entry);
  if (inside.exited !== undefined) return inside.exited;
  return exitContainer(world, node, path, inside, cancelAt);
}

function evaluateInside(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number, entry: { items: number; slot: string | null }): Inside {
  switch (node.kind) {
    case "parallel":
      return evaluateParallel(world, node, path, start, cancelAt);
    case "tryCatch":
      return evaluateTry(world, node, path, start, cancelAt);
    case "forEach":
      return evaluateForEach(world, node, path, start, cancelAt, entry.items);
    case "while":
      return evaluateWhile(world, node, path, start, cancelAt);
    default:
      return { ...evaluateSlot(world, node, path, entry.slot!, start, cancelAt), via: entry.slot! };
  }
}

function evaluateSlot(world: World, node: WorkflowNode, path: Path, slot: string, start: number, cancelAt: number): Result {
  return world.evaluateFrame(world, { parent: { id: node.id, slot }, prefix: `${path}/` }, start, cancelAt);
}

function isFilled(world: World, node: WorkflowNode, slot: string): boolean {
  return world.nodesAt({ parent: { id: node.id, slot }, prefix: "" }).length > 0;
}

function evaluateParallel(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number): Result {
  const branches = slotsOf(node).filter((slot) => isFilled(world, node, slot));
  const free = branches.map((slot) => evaluateSlot(world, node, path, slot, start, cancelAt));
  const first = free.filter(({ ending }) => ending.type === "failed" || ending.type === "interrupted").sort((a, b) => a.end - b.end)[0];
  if (first === undefined) return together(free, start, cancelAt, DONE);
  if (branches.length > 1) world.racy = true;
  const cut = branches.map((slot, index) => (free[index] === first ? first : evaluateSlot(world, node, path, slot, start, Math.min(cancelAt, first.end))));
  return together(cut, start, cancelAt, first.ending);
}

function evaluateTry(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number): Inside {
  if (cancelAt <= start) return { end: start, ending: CANCELLED, facts: [] };
  const body = evaluateSlot(world, node, path, "body", start, cancelAt);
  const caught = body.ending.type === "failed" && isFilled(world, node, "catch");
  const handler = caught ? evaluateSlot(world, node, path, "catch", body.end, cancelAt) : null;
  const before = handler ?? body;
  const facts = [...body.facts, ...(handler?.facts ?? [])];
  const via = caught ? "catch" : "body";
  if (!isFilled(world, node, "finally")) return { ...before, facts, via };
  const cleanUp = evaluateFinally(world, node, path, before.end, cancelAt);
  const ending = cancelAt <= cleanUp.end ? CANCELLED : cleanUp.ending.type === "done" ? before.ending : cleanUp.ending;
  return { end: cleanUp.end, ending, facts: [...facts, ...cleanUp.facts], via };
}

function evaluateFinally(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number): Result {
  const inPeace = evaluateSlot(world, node, path, "finally", start, Infinity);
  if (cancelAt > inPeace.end) return inPeace;
  const deadline = Math.max(cancelAt, start) + Number(node.config.finallyGraceSeconds) * 1_000;
  return evaluateSlot(world, node, path, "finally", start, deadline);
}

/** The end of a container that was entered: its output is made, its edges are decided, its row ends. */
function exitContainer(world: World, node: WorkflowNode, path: Path, inside: Inside, cancelAt: number): NodeResult {
  const { ending, iterations, via } = inside;
  const own = ending.type === "interrupted" && ending.kind === "break" && (node.kind === "forEach" || node.kind === "while");
  const end = inside.end + world.exitTime(path);
  const chosen = via !== undefined && ending.type === "done" ? ` via ${via}` : "";
  const count = iterations === undefined ? "" : ` after ${iterations}`;
  const said = [...inside.facts, `exit ${path} ${describeEnding(own ? DONE : ending)}${chosen}${count}`];
  if (ending.type === "cancelled") return ended(end, CANCELLED, [...said, row(path, 1, "cancelled")]);
  const fails = ending.type === "failed" || ((ending.type === "done" || own) && world.script.exit(path) !== "succeeds");
  const facts = [...said, row(path, 1, fails ? "failed" : "succeeded")];
  if (cancelAt <= end) return ended(end, CANCELLED, facts);
  if (fails) {
    const error = ending.type === "failed" ? ending.error : `${path}#1`;
    return afterFailure(world, node, path, { end, error, fatal: world.script.exitFatal(path), facts });
  }
  if (ending.type === "interrupted" && !own) return ended(end, ending, facts);
  return afterSuccess(world, node, path, end, "out", facts);
}
