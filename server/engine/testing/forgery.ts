import type { EngineEvent } from "@/server/engine/events";
import { stepKey, type Board } from "./board";
import type { DiceStream } from "./dice";

/** An event that nothing outstanding explains: one that was accepted before, a damaged one, or an invented one. Null when the choice fell on one that would be welcome. */
export function forgeEvent(board: Board, accepted: readonly EngineEvent[], dice: DiceStream, now: number): EngineEvent | null {
  const earlier = accepted[dice.below(accepted.length)];
  const event = earlier === undefined || dice.chance(0.4) ? invent(board, dice, now) : dice.chance(0.5) ? earlier : damage(earlier, dice);
  return event === null || isWelcome(board, event) ? null : { ...event, at: now };
}

function damage(event: EngineEvent, dice: DiceStream): EngineEvent {
  switch (event.type) {
    case "step":
    case "signal":
      return { ...event, attempt: event.attempt + (dice.chance(0.5) ? 1 : -1) };
    case "entered":
    case "exited":
      return { ...event, path: dice.chance(0.5) ? `${event.path}[7]` : `${event.path}/nowhere` };
    case "iterated":
      return { ...event, index: event.index + 1 };
    case "timer":
      return { ...event, id: `${event.id}0` };
    case "cancel":
      return event;
  }
}

function invent(board: Board, dice: DiceStream, at: number): EngineEvent | null {
  const nodes = [...board.nodes.values()];
  const begun = [...board.begun];
  const path = dice.chance(0.5) ? nodes[dice.below(nodes.length)]!.id : (begun[dice.below(begun.length)] ?? "");
  const attempt = 1 + dice.below(2);
  switch (dice.below(6)) {
    case 0:
      return { type: "step", path, attempt, at, outcome: { status: "succeeded" } };
    case 1:
      return { type: "entered", path, at, outcome: { status: "entered", items: 2 } };
    case 2:
      return { type: "exited", path: dice.chance(0.2) ? "" : path, at, outcome: { status: "succeeded" } };
    case 3:
      return { type: "iterated", path, index: dice.below(3), at };
    case 4:
      return { type: "signal", path, attempt, at, ref: "invented" };
    default:
      return { type: "timer", id: "invented", at };
  }
}

/** Whether the engine has asked for just this. */
function isWelcome(board: Board, event: EngineEvent): boolean {
  switch (event.type) {
    case "step":
      return board.work.has(stepKey(event.path, event.attempt));
    case "entered":
      return board.work.has(`enter ${event.path}`);
    case "exited":
      return board.work.has(`exit ${event.path}`) || board.work.has(`iterate ${event.path}`);
    case "iterated": {
      const work = board.work.get(`iterate ${event.path}`);
      return work?.command.type === "iterate" && work.command.index === event.index;
    }
    case "signal":
      return board.waits.has(stepKey(event.path, event.attempt));
    case "timer":
      return board.timers.has(event.id);
    case "cancel":
      return true;
  }
}
