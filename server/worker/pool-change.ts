import type { EngineCommand } from "@/server/engine/events";
import type { RunContext } from "@/server/worker/run-context";

type StartStep = EngineCommand & { type: "startStep" };

/**
 * Steps that have to run on workers of another pool. Once there is one, the session starts nothing more: when what is at work has ended, the
 * run is handed over to that pool, where its journal starts the step.
 */
export class PoolChange {
  #next: { pool: string; priority: number } | null = null;

  constructor(
    private readonly run: RunContext,
    /** Whether steps of this pool may run here although the run was claimed from another one. */
    private readonly serves: (pool: string) => boolean,
  ) {}

  get next(): { pool: string; priority: number } | null {
    return this.#next;
  }

  /** `first`: told by the journal, when the session began. Those are started even if others have to wait, so that each session gets somewhere. */
  mayStart({ nodeId }: StartStep, first: boolean): boolean {
    const { claim, workflow } = this.run;
    const { pool, node, runner } = workflow.node(nodeId);
    // What touches nothing outside is done wherever the run is, unless it names its pool.
    const wanted = pool ?? (runner?.effect === "effect" ? claim.homePool : claim.pool);
    if (claim.options.keepsPool === true || wanted === claim.pool || this.serves(wanted)) return first || this.#next === null;
    this.#next ??= { pool: wanted, priority: node.priority ?? claim.priority };
    return false;
  }
}
