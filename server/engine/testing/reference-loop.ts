import type { WorkflowNode } from "@/server/engine/definition";
import type { Path } from "@/server/engine/events";
import { afterFailure, afterSuccess, CANCELLED, describeEnding, DONE, ended, row, together, type Ending, type Inside, type Result, type World } from "./reference-world";

/** One iteration: its body, then its row. `continue` ends here; what the ending means for the loop, the loop says. */
function evaluateIteration(world: World, node: WorkflowNode, loop: Path, index: number, start: number, cancelAt: number): Result {
  const path = `${loop}[${index}]`;
  const body = world.evaluateFrame(world, { parent: { id: node.id, slot: "body" }, prefix: `${path}/` }, start, cancelAt);
  const end = body.end + world.exitTime(path);
  const fails = body.ending.type === "failed" || (body.ending.type === "done" && world.script.exit(path) !== "succeeds");
  const status = body.ending.type === "cancelled" ? "cancelled" : fails ? "failed" : "succeeded";
  const facts = [...body.facts, `exit ${path} ${describeEnding(body.ending)}`, row(path, 1, status)];
  return { end, ending: cancelAt <= end ? CANCELLED : endingForLoop(body.ending, fails, path), facts };
}

function endingForLoop(ending: Ending, fails: boolean, path: Path): Ending {
  if (ending.type === "done" && fails) return { type: "failed", error: `${path}#1` };
  return ending.type === "interrupted" && ending.kind === "continue" ? DONE : ending;
}

export function evaluateForEach(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number, items: number): Inside {
  const limit = node.config.mode === "parallel" ? Number(node.config.limit) : 1;
  const free = schedule(world, node, path, start, cancelAt, items, limit);
  const endsLoop = ({ ending }: Result) => ending.type === "interrupted" || (ending.type === "failed" && node.config.continueOnItemError !== true);
  const first = free.filter(endsLoop).sort((a, b) => a.end - b.end)[0];
  if (first === undefined) return { ...together(free, start, cancelAt, DONE), iterations: free.length };
  if (limit > 1 && items > 1) world.racy = true;
  const cut = schedule(world, node, path, start, Math.min(cancelAt, first.end), items, limit, first);
  return { ...together(cut, start, cancelAt, first.ending), iterations: cut.length };
}

/** Iterations in order of index, at most `limit` at a time: each but the first ones begins when another has ended. */
function schedule(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number, items: number, limit: number, ender?: Result): Result[] {
  const places = Array.from({ length: limit }, () => start);
  const results: Result[] = [];
  for (let index = 0; index < items; index++) {
    places.sort((a, b) => a - b);
    const begin = places.shift()!;
    if (begin >= cancelAt) break;
    const result = evaluateIteration(world, node, path, index, begin, cancelAt);
    // The iteration that ends the loop ends at the very moment it cancels the others.
    results.push(ender !== undefined && result.end === ender.end ? ender : result);
    places.push(result.end);
  }
  return results;
}

export function evaluateWhile(world: World, node: WorkflowNode, path: Path, start: number, cancelAt: number): Inside {
  const facts: string[] = [];
  let now = start;
  for (let index = 0; ; index++) {
    if (cancelAt <= now) return { end: now, ending: CANCELLED, facts, iterations: index };
    now += world.conditionTime(path, index);
    const condition = world.script.condition(path, index);
    if (condition !== "true") return { end: now, ending: DONE, facts, exited: leave(world, node, path, now, cancelAt, condition === "throws", facts) };
    if (cancelAt <= now) return { end: now, ending: CANCELLED, facts, iterations: index };
    if (index === Number(node.config.maxIterations)) return { end: now, ending: { type: "failed", error: `iteration_cap at ${path}` }, facts, iterations: index };
    const iteration = evaluateIteration(world, node, path, index, now, cancelAt);
    facts.push(...iteration.facts);
    now = iteration.end;
    if (iteration.ending.type !== "done") return { end: now, ending: iteration.ending, facts, iterations: index + 1 };
  }
}

/** A `while` whose condition was not true makes its output with the same evaluation. */
function leave(world: World, node: WorkflowNode, path: Path, end: number, cancelAt: number, threw: boolean, before: string[]) {
  const fails = threw || world.script.exit(path) !== "succeeds";
  const facts = [...before, row(path, 1, fails ? "failed" : "succeeded")];
  if (cancelAt <= end) return ended(end, CANCELLED, facts);
  if (fails) return afterFailure(world, node, path, { end, error: `${path}#1`, fatal: world.script.exitFatal(path), facts });
  return afterSuccess(world, node, path, end, "out", facts);
}
