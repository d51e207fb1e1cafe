import { isContainerKind, type WorkflowEdge, type WorkflowNode } from "@/server/engine/definition";
import { evaluateContainer } from "./reference-container";
import { evaluateStep } from "./reference-step";
import { CANCELLED, DONE, ended, type FramePlace, type NodeResult, type Result, type World } from "./reference-world";

/** A node of a frame as evaluated with certain cancel times: when it became ready (Infinity: never), and its end. */
interface Evaluated {
  node: WorkflowNode;
  ready: number;
  result: NodeResult;
}

/** Something that cancels nodes of the frame: an unhandled end, or a join that fired with `cancelOthers`. */
interface Cause {
  key: string;
  at: number;
  victims: WorkflowNode[];
  unwinds: boolean;
}

/** The nodes of one slot (or of the run's level), started at `start`, and cancelled from outside at `cancelAt`. */
export function evaluateFrame(world: World, place: FramePlace, start: number, cancelAt: number): Result {
  if (cancelAt <= start) return { end: start, ending: CANCELLED, facts: [] };
  const nodes = world.nodesAt(place);
  const cancels = new Map(nodes.map((node) => [node.id, cancelAt]));
  const applied = new Set<string>();
  for (;;) {
    const pass = settle(world, place, nodes, start, cancels);
    const cause = firstCause(world, nodes, pass, applied);
    if (cause === null) return close(pass, start, cancelAt);
    applied.add(cause.key);
    if (cause.unwinds && !isSerial(world, nodes)) world.racy = true;
    for (const victim of cause.victims) cancels.set(victim.id, Math.min(cancels.get(victim.id)!, cause.at));
  }
}

function settle(world: World, place: FramePlace, nodes: WorkflowNode[], start: number, cancels: Map<string, number>): Evaluated[] {
  const decided = new Map<WorkflowEdge, { at: number; taken: boolean }>();
  return nodes.map((node) => {
    const { ready, dead, taken } = firing(world, node, start, decided);
    const cancelAt = cancels.get(node.id)!;
    if (ready === cancelAt && ready < Infinity) world.tie = true;
    const result = ready < cancelAt ? evaluateNode(world, node, place.prefix + node.id, ready, cancelAt, taken) : ended(dead, DONE, []);
    const ran = ready < cancelAt && result.ending.type === "done";
    const skipped = dead < cancelAt;
    world.edgesFrom(node.id).forEach((edge, index) => {
      if (ran) decided.set(edge, { at: result.end, taken: edge.port === result.port && !result.untaken.includes(index) });
      else if (skipped) decided.set(edge, { at: dead, taken: false });
    });
    return { node, ready: ready < cancelAt ? ready : Infinity, result: ready < cancelAt || skipped ? result : ended(-Infinity, DONE, []) };
  });
}

function evaluateNode(world: World, node: WorkflowNode, path: string, start: number, cancelAt: number, taken: string): NodeResult {
  return isContainerKind(node.kind) ? evaluateContainer(world, node, path, start, cancelAt) : evaluateStep(world, node, path, start, cancelAt, taken);
}

/** The firing rule: when the node becomes ready, or is skipped (`dead`), given when its incoming edges are decided. */
function firing(world: World, node: WorkflowNode, start: number, decided: Map<WorkflowEdge, { at: number; taken: boolean }>): { ready: number; dead: number; taken: string } {
  const incoming = world.edgesInto(node.id);
  if (incoming.length === 0) return world.isOtherTrigger(node) ? { ready: Infinity, dead: start, taken: "" } : { ready: start, dead: Infinity, taken: "" };
  const edges = incoming.map((edge) => ({ from: edge.from, ...(decided.get(edge) ?? { at: Infinity, taken: false }) }));
  const inTime = [...edges].sort((a, b) => a.at - b.at);
  const needed = neededByJoin(node, incoming.length);
  if (needed !== null && needed < incoming.length) world.racy = true;
  const yes = inTime.filter((edge) => edge.taken);
  const no = inTime.filter((edge) => !edge.taken);
  const last = inTime.at(-1)!.at;
  const ready = needed === null ? (yes.length > 0 ? last : Infinity) : (yes[needed - 1]?.at ?? Infinity);
  const dead = deadTime();
  function deadTime(): number {
    if (needed === null) return yes.length === 0 ? last : Infinity;
    // Only `any` and `n` are skipped as soon as they have become impossible; `all` waits like any other node.
    if (needed === incoming.length && node.config.mode === "all") return no.length > 0 ? last : Infinity;
    return no[incoming.length - needed]?.at ?? Infinity;
  }
  const sources = new Set(yes.filter((edge) => edge.at <= ready).map((edge) => edge.from));
  return { ready, dead, taken: [...sources].sort().join(",") };
}

/** Taken edges a join needs; null for other nodes. */
function neededByJoin(node: WorkflowNode, incoming: number): number | null {
  if (node.kind !== "join") return null;
  if (node.config.mode === "any") return 1;
  return node.config.mode === "n" ? Number(node.config.n) : incoming;
}

function firstCause(world: World, nodes: WorkflowNode[], pass: Evaluated[], applied: Set<string>): Cause | null {
  const causes: Cause[] = [];
  const endedAt = (node: WorkflowNode, at: number) => pass.some((other) => other.node === node && other.result.end === at);
  for (const { node, ready, result } of pass) {
    const { type } = result.ending;
    if (type === "failed" || type === "interrupted") causes.push({ key: `end ${node.id}`, at: result.end, victims: nodes.filter((other) => other !== node), unwinds: true });
    if (ready < Infinity && node.kind === "join" && node.config.cancelOthers === true && node.config.mode !== "all") {
      causes.push({ key: `fired ${node.id}`, at: ready, victims: leadingOnlyTo(world, nodes, node).filter((other) => !endedAt(other, ready)), unwinds: false });
    }
  }
  const open = causes.filter((cause) => !applied.has(cause.key)).sort((a, b) => a.at - b.at);
  const first = open[0];
  if (first === undefined) return null;
  if (open[1]?.at === first.at) world.tie = true;
  return first;
}

/** Nodes whose every path leads to `join`: all their out edges go to it or to other such nodes. */
function leadingOnlyTo(world: World, nodes: WorkflowNode[], join: WorkflowNode): WorkflowNode[] {
  const leads = (node: WorkflowNode): boolean => {
    const out = world.edgesFrom(node.id);
    return out.length > 0 && out.every((edge) => edge.to === join.id || leads(nodes.find((other) => other.id === edge.to)!));
  };
  return nodes.filter((node) => node.id !== join.id && leads(node));
}

/** A frame closes when the last of its nodes has ended; how, says the first unhandled end, unless it was cancelled before. */
function close(pass: Evaluated[], start: number, cancelAt: number): Result {
  const end = Math.max(start, ...pass.map(({ result }) => result.end).filter((at) => at < Infinity));
  const facts = pass.flatMap(({ result }) => result.facts);
  if (cancelAt <= end) return { end, ending: CANCELLED, facts };
  const unhandled = pass.filter(({ result }) => result.ending.type === "failed" || result.ending.type === "interrupted").sort((a, b) => a.result.end - b.result.end);
  return { end, ending: unhandled[0]?.result.ending ?? DONE, facts };
}

/** Whether at most one node can be active at a time: every two nodes lie on one path. */
function isSerial(world: World, nodes: WorkflowNode[]): boolean {
  const reaches = (from: string, to: string): boolean => world.edgesFrom(from).some((edge) => edge.to === to || reaches(edge.to, to));
  return nodes.every((a, index) => nodes.slice(index + 1).every((b) => reaches(a.id, b.id)));
}
