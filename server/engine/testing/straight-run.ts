import { createState, decide } from "@/server/engine/decide";
import { definitionSchema, type DefinitionInput } from "@/server/engine/definition";
import type { EngineCommand, EngineEvent } from "@/server/engine/events";
import { snapshot } from "@/server/engine/pending";
import { plan } from "@/server/engine/plan";
import { counting } from "./counting";

export interface Load {
  nodes: DefinitionInput["nodes"];
  edges?: DefinitionInput["edges"];
  settings?: DefinitionInput["settings"];
  /** Items of every forEach, and iterations of every while. */
  items?: number;
  /** Cancel the run when this many steps have been started, and answer nothing before. */
  cancelAfter?: number;
}

export interface Effort {
  events: number;
  /** Reads and writes of the state. */
  operations: number;
  mostOfOneEvent: number;
  largestSnapshot: number;
}

const SNAPSHOTS = 200;

/** Runs a workflow whose steps all succeed at once, and measures what deciding costs without asking a clock. */
export function measure(load: Load): Effort {
  const planned = plan(definitionSchema.parse({ schema: 1, nodes: load.nodes, edges: load.edges ?? [], settings: load.settings ?? {} }));
  const { state, commands } = createState(planned, { startedAt: 0 });
  const counter = { operations: 0 };
  const counted = counting(state, counter);
  const effort: Effort = { events: 0, operations: 0, mostOfOneEvent: 0, largestSnapshot: 0 };
  const queue = [...commands];
  const feed = (event: EngineEvent) => {
    const before = counter.operations;
    const decision = decide(planned, counted, event);
    if (!decision.accepted) throw new Error(`refused ${JSON.stringify(event)}`);
    effort.events += 1;
    effort.mostOfOneEvent = Math.max(effort.mostOfOneEvent, counter.operations - before);
    if (effort.events % SNAPSHOTS === 0) effort.largestSnapshot = Math.max(effort.largestSnapshot, snapshot(state).length);
    for (const command of decision.commands) queue.push(command);
  };
  const waiting: EngineCommand[] = [];
  for (let index = 0; index < queue.length; index++) {
    const command = queue[index]!;
    if (load.cancelAfter !== undefined && state.cancel === null && command.type === "startStep") {
      waiting.push(command);
      if (waiting.length === load.cancelAfter) feed({ type: "cancel", at: 1, source: "user" });
      continue;
    }
    const event = answerTo(command, load.items ?? 0);
    if (event !== null) feed(event);
  }
  if (!state.finished) throw new Error("the run did not end");
  return { ...effort, operations: counter.operations };
}

function answerTo(command: EngineCommand, items: number): EngineEvent | null {
  switch (command.type) {
    case "startStep":
      return { type: "step", path: command.path, attempt: command.attempt, at: 1, outcome: { status: "succeeded" } };
    case "cancelStep":
      return { type: "step", path: command.path, attempt: command.attempt, at: 1, outcome: { status: "cancelled" } };
    case "enter":
      return { type: "entered", path: command.path, at: 1, outcome: { status: "entered", items } };
    case "iterate":
      if (command.index < items) return { type: "iterated", path: command.path, index: command.index, at: 1 };
      return { type: "exited", path: command.path, at: 1, outcome: { status: "succeeded" } };
    case "exit":
      return { type: "exited", path: command.path, at: 1, outcome: { status: command.reason.status === "cancelled" ? "cancelled" : "succeeded" } };
    default:
      return null;
  }
}
