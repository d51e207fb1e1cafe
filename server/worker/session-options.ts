import type { StepError } from "@/server/nodes/runner";
import type { LeftUnwritten } from "@/server/worker/ended-attempts";
import type { Pacer } from "@/server/worker/pacer";
import type { Slots } from "@/server/worker/slots";

/** With what an earlier session has left. */
export interface SessionOptions extends LeftUnwritten {
  slots: Slots;
  pacer: Pacer;
  /** When the run was asked for, by the monotonic clock. */
  claimedAt: number;
  /** Whether the worker serves the pool beside the one that the run was claimed from. */
  serves: (pool: string) => boolean;
  /** Attempts whose results the store refused before, by `path#attempt`. */
  refused: ReadonlyMap<string, StepError>;
  /** Told once the run has got further than the worker that lost it before. */
  progressed: () => void;
}
