import type { Refusal, RunWrite, StoreRefusedError, UnstorableError } from "@/server/engine/ports";
import type { LeftUnwritten } from "@/server/worker/ended-attempts";

/**
 * Why a session ended. `refused`: a value could not be stored; the run goes on in a new session that fails that step, and knows what is `left` of the others.
 * `handed_over`: the worker shuts down, or a step needs another pool; another worker may claim the run at once. `put_back`: the store refuses it for now;
 * `kept` is what it could not write, `before` how often it was refused until then. `broken`: the worker itself failed at this run.
 */
export type SessionEnd =
  | { kind: "finished" | "released" | "lost" | "handed_over" }
  | { kind: "refused"; error: UnstorableError; left: Promise<LeftUnwritten> }
  | { kind: "put_back"; error: StoreRefusedError; before: Refusal | null; kept: Promise<RunWrite | null> }
  | { kind: "broken"; error: unknown };
