import type { Definition, WorkflowEdge, WorkflowNode } from "@/server/engine/definition";
import type { Path, WaitSpec } from "@/server/engine/events";
import { Dice } from "./dice";

/**
 * The world outside the engine, as a function of names: what each attempt of each step does, what containers find when
 * they are entered, how long everything takes. The reference model and the simulator ask the same script, so that they
 * can be compared whatever the order in which things happen.
 */
export interface Rates {
  fail: number;
  retryable: number;
  /** A failure that `onError` cannot handle, because evaluating the routing failed. */
  fatal: number;
  skip: number;
  untaken: number;
  enterFails: number;
  exitFails: number;
  expire: number;
  /** A limit lets an attempt wait for its turn before it begins. */
  turn: number;
}

export type StepReply =
  | { status: "succeeded"; port: string }
  /** `entirely`: a newer step took its place, and none of its edges is taken. */
  | { status: "skipped"; entirely: boolean }
  /** `notBefore`: milliseconds from the failure. */
  | { status: "failed"; retryable: boolean; fatal: boolean; notBefore: number | null }
  /** Times in milliseconds from the moment the step begins to wait. */
  | { status: "waiting"; kind: WaitSpec["kind"]; until: number | null; remind: number | null; signal: number | null };

export type EnterReply = { status: "entered"; items: number; slot: string | null } | { status: "skipped" } | { status: "pinned" } | { status: "failed"; fatal: boolean };
export type ConditionReply = "true" | "false" | "throws";
export type ExitReply = "succeeds" | "fails" | "fails fatally";

const WAIT_KINDS: Readonly<Record<string, WaitSpec["kind"]>> = { delay: "delay", "wait.signal": "signal", approval: "approval", subworkflow: "child" };
const MAX_WAITS_OF_ATTEMPT = 2;
/** Long and fine enough that two things hardly ever happen in the same millisecond. */
const MAX_DURATION = 2 ** 24;
const MAX_ABORT = 2 ** 24;

export class Script {
  private readonly dice: Dice;

  constructor(private readonly definition: Definition, seed: number, private readonly rates: Rates) {
    this.dice = new Dice(seed);
  }

  step(node: WorkflowNode, path: Path, attempt: number, resumes: number): StepReply {
    if (this.skips(node, path)) return { status: "skipped", entirely: false };
    const key = `${path}#${attempt}~${resumes}`;
    if (resumes === 0 && this.dice.chance(this.rates.turn, "turn", key)) return this.turn(key);
    if (resumes === 1 && this.dice.chance(this.rates.turn, "turn", `${path}#${attempt}~0`) && this.dice.chance(0.2, "superseded", key)) return { status: "skipped", entirely: true };
    const wait = WAIT_KINDS[node.kind];
    if (wait !== undefined && (resumes === 0 || (resumes < MAX_WAITS_OF_ATTEMPT && this.dice.chance(0.2, "again", key)))) {
      if (!this.dice.chance(this.rates.fail / 2, "no wait", key)) return this.wait(wait, key);
    }
    if (node.kind === "fail" || this.dice.chance(this.rates.fail, "fail", key)) {
      const fatal = this.dice.chance(this.rates.fatal, "fatal", key);
      const notBefore = this.dice.chance(this.rates.turn, "not before", key) ? this.dice.between(1, MAX_DURATION, "later", key) : null;
      return { status: "failed", retryable: this.dice.chance(this.rates.retryable, "retryable", key), fatal, notBefore };
    }
    return { status: "succeeded", port: this.port(node, key) };
  }

  enter(node: WorkflowNode, path: Path): EnterReply {
    if (this.skips(node, path)) return { status: "skipped" };
    if (this.dice.chance(this.rates.enterFails, "enter fails", path)) return { status: "failed", fatal: this.dice.chance(this.rates.fatal, "enter fatal", path) };
    if (this.dice.chance(this.rates.skip / 4, "pinned", path)) return { status: "pinned" };
    const slots = slotsOf(node);
    const slot = node.kind === "ifElse" || node.kind === "switchCase" ? slots[this.dice.between(0, slots.length - 1, "slot", path)]! : null;
    return { status: "entered", items: this.dice.between(0, 4, "items", path), slot };
  }

  /** The condition of a `while` before iteration `index`. */
  condition(path: Path, index: number): ConditionReply {
    if (this.dice.chance(this.rates.enterFails, "condition throws", path, index)) return "throws";
    return this.dice.chance(0.7, "condition", path, index) ? "true" : "false";
  }

  /** What making the output of a container, an iteration or the run comes to; `fatal` where edges are decided with it. */
  exit(path: Path): ExitReply {
    if (!this.dice.chance(this.rates.exitFails, "exit fails", path)) return "succeeds";
    return this.exitFatal(path) ? "fails fatally" : "fails";
  }

  exitFatal(path: Path): boolean {
    return this.dice.chance(this.rates.fatal, "exit fatal", path);
  }

  /** Out edges of `port`, by their place among the node's out edges. */
  edgesOf(node: WorkflowNode, port: string): number[] {
    return edgesFrom(this.definition, node.id).flatMap((edge, index) => (edge.port === port ? [index] : []));
  }

  /** Out edges (by their place among the node's out edges) of `port` whose `when` is false at this path. */
  untaken(node: WorkflowNode, path: Path, port: string): number[] {
    return edgesFrom(this.definition, node.id).flatMap((edge, index) =>
      edge.port === port && edge.when !== undefined && this.dice.chance(this.rates.untaken, "untaken", path, index) ? [index] : [],
    );
  }

  /** Milliseconds a piece of work takes; `what` names it. */
  duration(what: string): number {
    return this.dice.between(1, MAX_DURATION, "duration", what);
  }

  /** Milliseconds from the order to abort a running step to its end. */
  abort(path: Path, attempt: number): number {
    return this.dice.between(1, MAX_ABORT, "abort", path, attempt);
  }

  private skips(node: WorkflowNode, path: Path): boolean {
    return node.disabled === true || (node.skipIf !== undefined && this.dice.chance(this.rates.skip, "skip", path));
  }

  private wait(kind: WaitSpec["kind"], key: string): StepReply {
    const until = this.dice.between(1, MAX_DURATION, "until", key);
    if (kind === "delay") return { status: "waiting", kind, until, remind: null, signal: null };
    const expires = kind !== "child" && this.dice.chance(this.rates.expire, "expires", key);
    const remind = kind === "approval" && this.dice.chance(0.5, "reminds", key) ? this.dice.between(1, MAX_DURATION, "remind", key) : null;
    const answered = !expires || this.dice.chance(0.5, "answered", key);
    return { status: "waiting", kind, until: expires ? until : null, remind, signal: answered ? this.dice.between(1, MAX_DURATION, "signal", key) : null };
  }

  private turn(key: string): StepReply {
    const signal = this.dice.chance(0.3, "told", key) ? this.dice.between(1, MAX_DURATION, "signal", key) : null;
    return { status: "waiting", kind: "turn", until: this.dice.between(1, MAX_DURATION, "until", key), remind: null, signal };
  }

  private port(node: WorkflowNode, key: string): string {
    const ports = portsOf(node.kind);
    return ports[this.dice.between(0, ports.length - 1, "port", key)]!;
  }
}

export function portsOf(kind: string): string[] {
  if (kind === "if") return ["true", "false"];
  return kind === "switch" ? ["a", "b", "default"] : ["out"];
}

export function slotsOf(node: Pick<WorkflowNode, "kind" | "config">): string[] {
  switch (node.kind) {
    case "parallel":
      return Array.from({ length: Number(node.config.branches) }, (_, index) => `branch:${index}`);
    case "tryCatch":
      return ["body", "catch", "finally"];
    case "ifElse":
      return ["then", "else"];
    case "switchCase":
      return ["case:a", "case:b", "default"];
    default:
      return ["body"];
  }
}

export function edgesFrom(definition: Definition, id: string): WorkflowEdge[] {
  return definition.edges.filter((edge) => edge.from === id);
}
