import type { Path } from "@/server/engine/events";
import type { JournalRecord } from "@/server/engine/journal";
import type { Plan, PlanNode } from "@/server/engine/plan";
import { nodeIdOf, parentPath, splitIteration } from "@/server/engine/state";

type Redone = (record: JournalRecord, path: Path) => boolean;

/**
 * What is at or after a path: the step and all that follows it in its slot, and for each container around it what follows that,
 * its later slots and iterations, and its end. Earlier iterations and parallel siblings are neither.
 */
export function redoneBy(plan: Plan, path: Path): Redone {
  const rules: Redone[] = [];
  const iteration = splitIteration(path);
  if (iteration === null) rules.push(nodesAfter(plan, path, true));
  else rules.push((_record, about) => about === path || isInside(about, path), ...containerRules(plan, iteration.loop, path));
  let at = iteration === null ? path : iteration.loop;
  for (let around = parentPath(at); around !== ""; around = parentPath(at)) {
    const container = splitIteration(around)?.loop ?? around;
    rules.push(...containerRules(plan, container, at, around));
    at = container;
  }
  return (record, about) => rules.some((rule) => rule(record, about));
}

/** Inside of a container whose child `from` is redone; `frame` is the iteration or the container that holds it. */
function containerRules(plan: Plan, container: Path, from: Path, frame: Path = from): Redone[] {
  const node = plan.nodes[nodeIdOf(container)];
  if (node === undefined) return [];
  const rules: Redone[] = [(record, about) => about === container && record.table === "step" && record.phase === "finish", nodesAfter(plan, container, false)];
  const index = splitIteration(frame)?.index;
  if (index !== undefined) {
    rules.push((_record, about) => about === frame);
    if (node.loop?.parallelLimit === 1) rules.push(laterIterations(container, index));
  }
  if (node.role === "tryCatch") rules.push(laterSlots(plan, node, container, nodeIdOf(from)));
  return rules;
}

function laterIterations(container: Path, index: number): Redone {
  const prefix = `${container}[`;
  return (record, about) => {
    if (about === container && record.table === "event" && record.type === "iterated") return (record.body as { index: number }).index > index;
    if (!about.startsWith(prefix)) return false;
    return Number.parseInt(about.slice(prefix.length), 10) > index;
  };
}

/** Of a `tryCatch`, what comes after the slot in which something is redone. */
function laterSlots(plan: Plan, node: PlanNode, container: Path, childId: string): Redone {
  const own = plan.nodes[childId]?.slotKey;
  const slots = node.slotNames.map((name) => `${node.id}:${name}`);
  const later = slots.slice(slots.indexOf(own ?? "") + 1).flatMap((key) => plan.slots[key]?.nodes ?? []);
  return among(`${container}/`, new Set(later));
}

/** The nodes that follow a path's node in its slot, wherever an edge leads. */
function nodesAfter(plan: Plan, path: Path, itself: boolean): Redone {
  const id = nodeIdOf(path);
  const reached = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const edge of plan.nodes[next]?.out ?? []) {
      if (reached.has(edge.to)) continue;
      reached.add(edge.to);
      open.push(edge.to);
    }
  }
  if (itself) reached.add(id);
  return among(path.slice(0, path.length - id.length), reached);
}

/** Whether a path is that of one of the nodes directly below the prefix, or inside one. */
function among(prefix: string, ids: ReadonlySet<string>): Redone {
  return (_record, about) => {
    if (!about.startsWith(prefix)) return false;
    const [first = ""] = about.slice(prefix.length).split(/[/[]/, 1);
    return ids.has(first);
  };
}

function isInside(path: Path, outer: Path): boolean {
  return path.startsWith(`${outer}/`);
}
