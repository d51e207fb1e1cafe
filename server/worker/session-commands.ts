import type { EngineCommand } from "@/server/engine/events";

/** What follows its event once that is durable, and does not begin while the store refuses something. */
export type WorkCommand = Extract<EngineCommand, { type: "startStep" | "enter" | "iterate" }>;
export type ExitCommand = Extract<EngineCommand, { type: "exit" }>;

export function startsWork(command: EngineCommand): command is WorkCommand {
  return command.type === "startStep" || command.type === "enter" || command.type === "iterate";
}

/** What was put off while the store refused something, or has failed for that, so that nobody answers it. */
export function mayBeLost(command: EngineCommand): command is WorkCommand | ExitCommand {
  return startsWork(command) || command.type === "exit";
}
