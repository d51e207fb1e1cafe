import { isContainerKind, type Definition, type WorkflowNode } from "@/server/engine/definition";
import type { EngineCommand, EngineEvent, ErrorRef, ExitReason, Path, WaitSpec } from "@/server/engine/events";

type Of<Type extends EngineCommand["type"]> = Extract<EngineCommand, { type: Type }>;
export type WorkCommand = Of<"startStep"> | Of<"enter"> | Of<"iterate"> | Of<"exit">;

/** Work the engine asked for and that has not been answered. */
export interface Work {
  key: string;
  command: WorkCommand;
  since: number;
  /** When the order to abort it came. */
  abortedAt: number | null;
  /** How often this attempt was resumed. */
  resumes: number;
}

export interface OpenWait {
  path: Path;
  attempt: number;
  wait: WaitSpec;
  since: number;
  resumes: number;
}

/**
 * What a worker would have before it: outstanding work, timers, open waits. Every command is checked for making sense
 * at this moment; a command that does not is an error of the engine.
 */
export class Board {
  readonly work = new Map<string, Work>();
  readonly timers = new Map<string, number>();
  readonly waits = new Map<string, OpenWait>();
  readonly facts: string[] = [];
  /** Containers whose entry was accepted and whose exit was not ordered yet. */
  readonly opened = new Set<Path>();
  /** Every container path ever entered, every path ever started or entered as a command. */
  readonly enteredEver = new Set<Path>();
  readonly begun = new Set<Path>();
  readonly iterations = new Map<Path, Set<number>>();
  /** Highest number of an iteration in which something began, from 1. */
  private readonly iterationsBegun = new Map<Path, number>();
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
  finished = false;
  private readonly attempts = new Map<Path, { attempt: number; phase: "running" | "waiting" | "ended"; taken: string; resumes: number }>();
  private readonly exitOrdered = new Set<Path>();

  constructor(private readonly definition: Definition) {
    this.nodes = new Map(definition.nodes.map((node) => [node.id, node]));
  }

  /** What an accepted event ends; called before the commands it led to. */
  answered(event: EngineEvent): void {
    switch (event.type) {
      case "step":
        return this.stepAnswered(event);
      case "entered":
        this.work.delete(`enter ${event.path}`);
        if (event.outcome.status === "entered") {
          this.opened.add(event.path);
          this.enteredEver.add(event.path);
        } else this.facts.push(`row ${event.path}#1 ${event.outcome.status === "pinned" ? "succeeded" : event.outcome.status}`);
        return;
      case "iterated":
        this.work.delete(`iterate ${event.path}`);
        return;
      case "exited":
        return this.exitAnswered(event);
      case "timer":
        this.timers.delete(event.id);
        return;
      case "signal":
      case "cancel":
        return;
    }
  }

  apply(command: EngineCommand, now: number): void {
    if (this.finished) fail("command after the end", command);
    switch (command.type) {
      case "startStep":
        return this.startStep(command, now);
      case "enter":
        this.checkPlace(command.path, command.nodeId, true, command);
        if (this.begun.has(command.path)) fail("container entered twice", command);
        return this.add("enter", command, now);
      case "iterate":
        if (this.nodeAt(command.path)?.kind !== "while" || !this.opened.has(command.path)) fail("condition of what is no open while", command);
        if (this.within(command.path).length > 0) fail("condition asked while an iteration is going on", command);
        return this.add("iterate", command, now);
      case "exit":
        return this.exit(command, now);
      case "cancelStep": {
        const work = this.work.get(stepKey(command.path, command.attempt));
        if (work === undefined || work.abortedAt !== null) fail("abort of a step that does not run", command);
        work.abortedAt = now;
        return;
      }
      case "setTimer":
        if (this.timers.has(command.id) || Number.isNaN(command.at)) fail("timer set twice", command);
        this.timers.set(command.id, command.at);
        return;
      case "clearTimer":
        if (!this.timers.delete(command.id)) fail("unknown timer cleared", command);
        return;
      case "openWait":
      case "startChild":
        return this.openWait(command, now);
      case "closeWait":
        return this.closeWait(command);
      case "remind":
        if (!this.waits.has(stepKey(command.path, command.attempt))) fail("reminder of a wait that is not open", command);
        this.facts.push(`remind ${stepKey(command.path, command.attempt)}`);
        return;
      case "finishRun":
        return this.finish(command);
    }
  }

  /** Limits that hold between events. */
  checkLimits(): void {
    const steps = [...this.work.values()].filter((work) => work.command.type === "startStep").length;
    const { maxParallel } = this.definition.settings;
    if (maxParallel !== undefined && steps > maxParallel) throw new Error(`${steps} steps run at once, maxParallel is ${maxParallel}`);
    for (const [loop, active] of this.iterations) {
      const config = this.nodeAt(loop)!.config;
      const limit = config.mode === "parallel" ? Number(config.limit) : 1;
      if (active.size > limit) throw new Error(`${active.size} iterations of ${loop} at once, the limit is ${limit}`);
    }
    if (!this.finished && this.work.size === 0 && this.waits.size === 0 && this.timersButDeadline().length === 0) {
      throw new Error("the run hangs: nothing is outstanding and it has not ended");
    }
  }

  /** Engine commands that a takeover has to carry out again, as far as this board knows them. */
  outstanding(): EngineCommand[] {
    const work = [...this.work.values()].map(({ command, abortedAt }): EngineCommand =>
      abortedAt !== null && command.type === "startStep" ? { type: "cancelStep", path: command.path, attempt: command.attempt } : command,
    );
    return [...work, ...[...this.timers].map(([id, at]): EngineCommand => ({ type: "setTimer", id, at }))];
  }

  private stepAnswered({ path, attempt, outcome }: Extract<EngineEvent, { type: "step" }>): void {
    const key = stepKey(path, attempt);
    if (!this.work.delete(key)) throw new Error(`accepted a result nobody was asked for: ${key}`);
    const known = this.attempts.get(path)!;
    if (outcome.status === "waiting") {
      known.phase = "waiting";
      return;
    }
    known.phase = "ended";
    this.facts.push(`row ${key} ${outcome.status}`);
  }

  private exitAnswered({ path, outcome }: Extract<EngineEvent, { type: "exited" }>): void {
    const condition = this.work.delete(`iterate ${path}`);
    if (condition) this.opened.delete(path);
    else if (!this.work.delete(`exit ${path}`)) throw new Error(`accepted an exit nobody was asked for: ${path}`);
    if (path !== "") this.facts.push(`row ${path}#1 ${outcome.status}`);
    const iteration = splitIteration(path);
    if (iteration !== null) this.iterations.get(iteration.loop)?.delete(iteration.index);
  }

  private startStep(command: Of<"startStep">, now: number): void {
    const { path, attempt, nodeId, resume } = command;
    this.checkPlace(path, nodeId, false, command);
    const before = this.attempts.get(path);
    const taken = [...command.taken].sort().join(",");
    const key = stepKey(path, attempt);
    if (resume === undefined) {
      if (attempt !== (before?.attempt ?? 0) + 1) fail(`attempt does not follow ${before?.attempt ?? 0}`, command);
      if (before !== undefined && (before.phase !== "ended" || before.taken !== taken)) fail("next attempt of a step that has not ended, or with other sources", command);
      this.facts.push(`start ${key} from ${taken}`);
    } else {
      if (before?.attempt !== attempt || before.phase !== "waiting" || before.taken !== taken) fail("resumption of a step that does not wait", command);
      if (this.waits.has(key)) fail("resumed before its wait was closed", command);
      this.facts.push(`resume ${key} ${resume.cause}`);
    }
    const resumes = resume === undefined ? 0 : before!.resumes + 1;
    this.attempts.set(path, { attempt, phase: "running", taken, resumes });
    this.begun.add(path);
    this.work.set(key, { key, command, since: now, abortedAt: null, resumes });
  }

  private add(verb: "enter" | "iterate" | "exit", command: WorkCommand, now: number): void {
    const key = `${verb} ${command.path}`;
    if (this.work.has(key)) fail("the same work twice", command);
    if (verb === "enter") this.begun.add(command.path);
    this.work.set(key, { key, command, since: now, abortedAt: null, resumes: 0 });
  }

  private exit(command: Of<"exit">, now: number): void {
    const { path, reason } = command;
    if (this.exitOrdered.has(path)) fail("exit ordered twice", command);
    if (this.within(path).length > 0) fail(`exit before its inside has ended: ${this.within(path).join(", ")}`, command);
    const iteration = splitIteration(path);
    if (iteration !== null) {
      // Under maxParallel an iteration may be cancelled before any of its steps could start.
      const begun = this.iterations.get(iteration.loop)?.has(iteration.index) === true;
      if ((!begun && reason.status !== "cancelled") || command.index !== iteration.index) fail("exit of an iteration that is not going on", command);
    } else if (path !== "" && !this.opened.delete(path)) fail("exit of a container that is not open", command);
    const begun = this.iterationsBegun.get(path) ?? 0;
    if (command.iterations !== undefined && command.iterations < begun) fail(`exit of a loop that began ${begun} iterations`, command);
    if (path !== "" && command.nodeId !== nodeIdOf(path)) fail("exit names another node", command);
    this.exitOrdered.add(path);
    this.facts.push(`exit ${path === "" ? "run" : path} ${describeReason(reason)}${command.iterations === undefined ? "" : ` after ${command.iterations}`}`);
    this.add("exit", command, now);
  }

  private openWait({ path, attempt, wait, ...command }: Of<"openWait"> | Of<"startChild">, now: number): void {
    const known = this.attempts.get(path);
    const key = stepKey(path, attempt);
    if (known?.attempt !== attempt || known.phase !== "waiting" || this.waits.has(key)) fail("wait of a step that does not begin to wait", { path, attempt, wait, ...command });
    if ((wait.kind === "child") !== (command.type === "startChild")) fail("child started for another kind of wait", { path, attempt, wait, ...command });
    this.waits.set(key, { path, attempt, wait, since: now, resumes: known.resumes });
  }

  private closeWait(command: Of<"closeWait">): void {
    const key = stepKey(command.path, command.attempt);
    const known = this.attempts.get(command.path);
    const opened = this.waits.delete(key);
    // A step that begins to wait while it is being aborted never opened the wait that ends here.
    const neverOpened = command.cancelled && known?.attempt === command.attempt && known.phase === "waiting";
    if (!opened && !neverOpened) fail("close of a wait that is not open", command);
    if (!command.cancelled) return;
    known!.phase = "ended";
    this.facts.push(`row ${key} cancelled`);
  }

  private finish(command: Of<"finishRun">): void {
    const left = [...this.work.keys(), ...this.waits.keys(), ...this.timersButDeadline()];
    if (left.length > 0) fail(`end with work left: ${left.join(", ")}`, command);
    if (this.opened.size > 0) fail(`end with open containers: ${[...this.opened].join(", ")}`, command);
    const unfinished = [...this.attempts].filter(([, { phase }]) => phase !== "ended");
    if (unfinished.length > 0) fail(`end with unfinished steps: ${unfinished.map(([path]) => path).join(", ")}`, command);
    this.finished = true;
    this.facts.push(command.status === "failed" ? `finish failed by ${describeError(command.error)}` : `finish ${command.status}`);
  }

  /** The run's time limit ends with the run and keeps nothing going. */
  private timersButDeadline(): string[] {
    return [...this.timers.keys()].filter((id) => id !== "deadline");
  }

  private checkPlace(path: Path, nodeId: string, container: boolean, command: EngineCommand): void {
    const node = this.nodeAt(path);
    if (node?.id !== nodeId || isContainerKind(node.kind) !== container) fail("path and node do not fit", command);
    const cut = path.lastIndexOf("/");
    const parent = cut < 0 ? "" : path.slice(0, cut);
    if (nodeIdOf(parent) !== (node.parent?.id ?? "")) fail("node below another parent", command);
    if (this.exitOrdered.has(parent)) fail("start in what is being left", command);
    const iteration = splitIteration(parent);
    if (parent !== "" && !this.opened.has(iteration?.loop ?? parent)) fail("start in a container that is not open", command);
    if (iteration === null) return;
    const { loop, index } = iteration;
    this.iterations.set(loop, (this.iterations.get(loop) ?? new Set()).add(index));
    this.iterationsBegun.set(loop, Math.max(index + 1, this.iterationsBegun.get(loop) ?? 0));
  }

  /** Keys of work and waits, and paths of open containers, inside `path`. */
  private within(path: Path): string[] {
    const inside = (other: Path) => path === "" || other.startsWith(`${path}/`) || other.startsWith(`${path}[`);
    return [
      ...[...this.work.values()].filter((work) => inside(work.command.path)).map((work) => work.key),
      ...[...this.waits.values()].filter((wait) => inside(wait.path)).map((wait) => `wait ${wait.path}`),
      ...[...this.opened].filter(inside),
    ];
  }

  nodeAt(path: Path): WorkflowNode | undefined {
    return splitIteration(path) === null ? this.nodes.get(nodeIdOf(path)) : undefined;
  }
}

export function stepKey(path: Path, attempt: number): string {
  return `${path}#${attempt}`;
}

export function splitIteration(path: Path): { loop: Path; index: number } | null {
  const match = /^(.*)\[(\d+)\]$/.exec(path);
  return match === null ? null : { loop: match[1]!, index: Number(match[2]) };
}

export function nodeIdOf(path: Path): string {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return last.replace(/\[\d+\]$/, "");
}

function describeReason(reason: ExitReason): string {
  switch (reason.status) {
    case "failed":
      return `failed by ${describeError(reason.error)}`;
    case "interrupted":
      return `interrupted by ${reason.by}`;
    case "succeeded":
      return reason.slot === undefined ? "succeeded" : `succeeded via ${reason.slot}`;
    case "cancelled":
      return "cancelled";
  }
}

function describeError(error: ErrorRef | undefined): string {
  if (error === undefined) return "nothing";
  if (!("code" in error)) return stepKey(error.path === "" ? "run" : error.path, error.attempt);
  return error.path === "" ? error.code : `${error.code} at ${error.path}`;
}

function fail(problem: string, command: EngineCommand): never {
  throw new Error(`${problem}: ${JSON.stringify(command)}`);
}
