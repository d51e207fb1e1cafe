import type { WorkflowEdge, WorkflowNode } from "@/server/engine/definition";
import type { Path } from "@/server/engine/events";
import type { Scenario } from "./arbitrary-definition";
import { edgesFrom, Script } from "./script";

/** How a frame, a container or a node ended. `error` names the step that failed: `path#attempt`, or an engine error. */
export type Ending =
  | { type: "done" }
  | { type: "failed"; error: string }
  | { type: "interrupted"; kind: "stop" | "break" | "continue"; by: Path }
  | { type: "cancelled" };

export const DONE: Ending = { type: "done" };
export const CANCELLED: Ending = { type: "cancelled" };

/** What came of something that began at a known time. Facts are sentences that the simulator says in the same words. */
export interface Result {
  end: number;
  ending: Ending;
  facts: string[];
}

/** What the slots of an entered container came to. */
export interface Inside extends Result {
  /** Slot whose output is the container's, where the run chose one. */
  via?: string;
  /** Iterations of a loop that began. */
  iterations?: number;
  /** Its row is ended already (a `while` whose condition was false). */
  exited?: NodeResult;
}

/** The end of a node; when `done`, it chose a port and left these out edges (by place) untaken. */
export interface NodeResult extends Result {
  port: string;
  untaken: number[];
}

/** A place for nodes: the run's own level, or a slot of a container; `prefix` is put before the ids of its nodes. */
export interface FramePlace {
  parent: { id: string; slot: string } | undefined;
  prefix: Path;
}

/** The nodes of one place, started at `start`, and cancelled from outside at `cancelAt`. */
export type EvaluateFrame = (world: World, place: FramePlace, start: number, cancelAt: number) => Result;

/** The scenario, with questions the evaluators ask of it, and what they noticed on the way. */
export class World {
  readonly script: Script;
  racy = false;
  tie = false;

  /** The evaluators call each other in a circle; this one is handed round. */
  constructor(readonly scenario: Scenario, readonly evaluateFrame: EvaluateFrame) {
    this.script = new Script(scenario.definition, scenario.seed, scenario.rates);
  }

  nodesAt({ parent }: FramePlace): WorkflowNode[] {
    return this.scenario.definition.nodes.filter((node) => node.parent?.id === parent?.id && node.parent?.slot === parent?.slot);
  }

  edgesInto(id: string): WorkflowEdge[] {
    return this.scenario.definition.edges.filter((edge) => edge.to === id);
  }

  edgesFrom(id: string): WorkflowEdge[] {
    return edgesFrom(this.scenario.definition, id);
  }

  isOtherTrigger(node: WorkflowNode): boolean {
    return node.kind.startsWith("trigger.") && node.id !== this.scenario.startNode;
  }

  stepTime(path: Path, attempt: number, resumes: number): number {
    return this.script.duration(`step ${path} ${attempt} ${resumes}`);
  }

  enterTime(path: Path): number {
    return this.script.duration(`enter ${path}`);
  }

  exitTime(path: Path): number {
    return this.script.duration(`exit ${path}`);
  }

  conditionTime(path: Path, index: number): number {
    return this.script.duration(`condition ${path} ${index}`);
  }
}

export function describeEnding(ending: Ending): string {
  switch (ending.type) {
    case "done":
      return "succeeded";
    case "failed":
      return `failed by ${ending.error}`;
    case "interrupted":
      return `interrupted by ${ending.by}`;
    case "cancelled":
      return "cancelled";
  }
}

/** Several results side by side: the end of the last, and everything that happened. */
export function together(results: Result[], start: number, cancelAt: number, ending: Ending): Result {
  const end = Math.max(start, ...results.map((result) => result.end));
  return { end, ending: cancelAt <= end ? CANCELLED : ending, facts: results.flatMap((result) => result.facts) };
}

export function row(path: Path, attempt: number, status: string): string {
  return `row ${path}#${attempt} ${status}`;
}

/** How a failure of `node` goes on: `onError` may turn it into a port. */
export function afterFailure(world: World, node: WorkflowNode, path: Path, failure: { end: number; error: string; fatal: boolean; facts: string[] }): NodeResult {
  const { end, error, fatal, facts } = failure;
  const port = node.onError === "continue" ? "out" : node.onError === "route" ? "error" : null;
  if (fatal || port === null) return { end, ending: { type: "failed", error }, facts, port: "", untaken: [] };
  return { end, ending: DONE, facts, port, untaken: world.script.untaken(node, path, port) };
}

export function afterSuccess(world: World, node: WorkflowNode, path: Path, end: number, port: string, facts: string[]): NodeResult {
  return { end, ending: DONE, facts, port, untaken: world.script.untaken(node, path, port) };
}

export function ended(end: number, ending: Ending, facts: string[]): NodeResult {
  return { end, ending, facts, port: "", untaken: [] };
}
