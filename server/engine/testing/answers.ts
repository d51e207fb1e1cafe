import type { EngineEvent, ExitOutcome, StepOutcome } from "@/server/engine/events";
import type { WorkflowNode } from "@/server/engine/definition";
import { nodeIdOf, splitIteration, type Board, type OpenWait, type Work } from "./board";
import type { Script, StepReply } from "./script";

/** Milliseconds the script gives a piece of work, aborts not counted. */
export function durationOf(script: Script, { command, resumes }: Work): number {
  switch (command.type) {
    case "startStep":
      return script.duration(`step ${command.path} ${command.attempt} ${resumes}`);
    case "enter":
      return script.duration(`enter ${command.path}`);
    case "exit":
      return script.duration(`exit ${command.path}`);
    case "iterate":
      return script.duration(`condition ${command.path} ${command.index}`);
  }
}

/** The event with which a worker answers a piece of work, as the script wants it. */
export function answer(script: Script, board: Board, work: Work, at: number, aborted: boolean): EngineEvent {
  const { command } = work;
  const { path } = command;
  switch (command.type) {
    case "startStep": {
      const node = board.nodes.get(command.nodeId)!;
      const outcome: StepOutcome = aborted ? { status: "cancelled" } : stepOutcome(script, node, path, script.step(node, path, command.attempt, work.resumes), at);
      return { type: "step", path, attempt: command.attempt, at, outcome };
    }
    case "enter":
      return entered(script, board.nodes.get(command.nodeId)!, path, at);
    case "iterate": {
      const condition = script.condition(path, command.index);
      if (condition === "true") return { type: "iterated", path, index: command.index, at };
      const node = board.nodes.get(command.nodeId)!;
      return { type: "exited", path, at, outcome: containerOutcome(script, node, path, condition === "throws" || script.exit(path) !== "succeeds") };
    }
    case "exit":
      return { type: "exited", path, at, outcome: exitOutcome(script, board, command) };
  }
}

export function signalFor(wait: OpenWait, at: number): EngineEvent {
  return { type: "signal", path: wait.path, attempt: wait.attempt, at, ref: `answer ${wait.path}#${wait.attempt}~${wait.resumes}` };
}

/** The waiting reply that opened a wait; it holds what the wait itself does not: when the answer comes. */
export function waitReply(script: Script, board: Board, wait: OpenWait): Extract<StepReply, { status: "waiting" }> {
  const reply = script.step(board.nodes.get(nodeIdOf(wait.path))!, wait.path, wait.attempt, wait.resumes);
  if (reply.status !== "waiting") throw new Error(`the script does not wait at ${wait.path}`);
  return reply;
}

function stepOutcome(script: Script, node: WorkflowNode, path: string, reply: StepReply, at: number): StepOutcome {
  switch (reply.status) {
    case "succeeded":
      return { status: "succeeded", ...(reply.port === "out" ? {} : { port: reply.port }), untaken: script.untaken(node, path, reply.port) };
    case "skipped":
      return { status: "skipped", untaken: reply.entirely ? script.edgesOf(node, "out") : script.untaken(node, path, "out") };
    case "failed":
      return { status: "failed", retryable: reply.retryable, ...(reply.notBefore === null ? {} : { notBefore: at + reply.notBefore }), ...failureRouting(script, node, path, reply.fatal) };
    case "waiting": {
      const wait = { kind: reply.kind, ...(reply.until === null ? {} : { until: at + reply.until }), ...(reply.remind === null ? {} : { remindAt: at + reply.remind }) };
      return { status: "waiting", wait: { ...wait, ...(reply.kind === "signal" ? { signal: "go" } : {}), ...(reply.kind === "child" ? { childRunId: `child of ${path}` } : {}) } };
    }
  }
}

function failureRouting(script: Script, node: WorkflowNode, path: string, fatal: boolean): { untaken?: number[]; fatal?: boolean } {
  if (fatal) return { fatal };
  if (node.onError !== "continue" && node.onError !== "route") return {};
  return { untaken: script.untaken(node, path, node.onError === "continue" ? "out" : "error") };
}

function entered(script: Script, node: WorkflowNode, path: string, at: number): EngineEvent {
  const reply = script.enter(node, path);
  switch (reply.status) {
    case "entered":
      return { type: "entered", path, at, outcome: { status: "entered", ...(node.kind === "forEach" ? { items: reply.items } : {}), ...(reply.slot === null ? {} : { slot: reply.slot }) } };
    case "failed":
      return { type: "entered", path, at, outcome: { status: "failed", ...failureRouting(script, node, path, reply.fatal) } };
    default:
      return { type: "entered", path, at, outcome: { status: reply.status, untaken: script.untaken(node, path, "out") } };
  }
}

function exitOutcome(script: Script, board: Board, { path, reason }: Extract<Work["command"], { type: "exit" }>): ExitOutcome {
  if (reason.status === "cancelled") return { status: "cancelled" };
  const makesOutput = reason.status === "succeeded" || (reason.status === "interrupted" && reason.own && splitIteration(path) === null);
  const fails = reason.status === "failed" || (makesOutput && script.exit(path) !== "succeeds");
  const node = board.nodeAt(path);
  if (node === undefined) return { status: fails ? "failed" : "succeeded" };
  return reason.status === "interrupted" && !reason.own ? { status: "succeeded" } : containerOutcome(script, node, path, fails);
}

function containerOutcome(script: Script, node: WorkflowNode, path: string, fails: boolean): ExitOutcome {
  if (fails) return { status: "failed", ...failureRouting(script, node, path, script.exitFatal(path)) };
  return { status: "succeeded", untaken: script.untaken(node, path, "out") };
}
