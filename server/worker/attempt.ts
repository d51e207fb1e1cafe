import type { EngineCommand, Path } from "@/server/engine/events";
import type { StepGates, StepPlace, StepTurn } from "@/server/engine/ports";
import type { StepError } from "@/server/nodes/runner";
import type { CompiledNode } from "@/server/worker/compiled-workflow";
import type { Payload } from "@/server/worker/payload";
import type { AbortHandle } from "@/server/worker/step-abort";

export type StartStep = Extract<EngineCommand, { type: "startStep" }>;

/** One attempt in progress. */
export interface Attempt {
  command: StartStep;
  node: CompiledNode;
  path: Path;
  number: number;
  abort: AbortHandle;
  startedAt: number;
  /** The last one of this attempt, which another worker began, or of the attempt before. */
  checkpoint: Payload | null;
}

/** What an attempt needs of the session that owns its run. */
export interface AttemptHost {
  /** Writes the `started` row of an effect step; resolves once it and all it depends on are durable. */
  open(attempt: Attempt, input: string): Promise<void>;
  /** Where the attempt stands among the limits over time of its node. */
  takeTurn(attempt: Attempt, gates: StepGates): Promise<Exclude<StepTurn, { kind: "lost" }>>;
  /** A place under a limit of its node. */
  takePlace(attempt: Attempt, place: StepPlace): Promise<"taken" | "full" | "refused" | "gaveWay">;
  /** A place among the steps this worker may execute at the same time. */
  acquireSlot(attempt: Attempt): Promise<() => void>;
  checkpoint(attempt: Attempt, text: string): Promise<void>;
  log(attempt: Attempt, level: "debug" | "info" | "warn" | "error", message: string, fields?: Record<string, unknown>): void;
  stream(attempt: Attempt, chunk: string): void;
  progress(attempt: Attempt, value: { done: number; total?: number; text?: string }): void;
  /** Payload of the message a wait was ended with. */
  messagePayload(ref: string): Promise<unknown>;
  /** Whether that message says that a newer step takes the place. */
  tellsToGiveWay(ref: string): Promise<boolean>;
  /** Evaluated config of an attempt that waited, or that came before. */
  waitingInput(path: Path, attempt: number): Promise<string | null>;
  /** An attempt whose result the store refused. */
  refused(path: Path, attempt: number): StepError | undefined;
}
