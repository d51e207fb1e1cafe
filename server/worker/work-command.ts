import type { EngineCommand } from "@/server/engine/events";

export type WorkCommand = Extract<EngineCommand, { type: "startStep" | "enter" | "iterate" | "exit" }>;

export function startsWork(command: EngineCommand): command is WorkCommand {
  return command.type === "startStep" || command.type === "enter" || command.type === "iterate";
}
