import type { ClaimedRun, NewRun, Reservation, RunTaker } from "@/server/engine/ports";
import type { Enqueued, EnqueuedRun } from "@/server/queue/enqueue";
import { givenBytes } from "@/server/queue/given-bytes";

interface Offered {
  /** The runs, those that a worker of this process takes at once with its name on them. */
  runs: EnqueuedRun[];
  /** To be called once, after the commit or in place of it. Answers those that wait to be claimed. */
  settle(made: readonly Enqueued[]): Enqueued[];
}

/**
 * Hands new runs to a worker of this process in the commit that makes them known: the claim needs none of its own then. A run
 * whose commit nobody heard of is given back by `giveBackUnheld`.
 */
export class Offers {
  readonly #takers = new Set<RunTaker>();

  constructor(
    private readonly leaseSeconds: number,
    /** False where others have come first, or a limit has to be asked. */
    private readonly mayPass: (run: NewRun) => boolean,
  ) {}

  add(taker: RunTaker): () => void {
    this.#takers.add(taker);
    return () => this.#takers.delete(taker);
  }

  offer(runs: readonly EnqueuedRun[]): Offered {
    const free = this.#takers.size === 0 ? [] : runs.filter((run) => run.dueAt === undefined && run.hasHistory !== true && this.mayPass(run));
    for (const taker of free.length === 0 ? [] : this.#takers) {
      const reservation = taker.reserve(free);
      if (reservation !== null) return this.#offered(runs, taker, reservation);
    }
    return { runs: [...runs], settle: (made) => [...made] };
  }

  #offered(runs: readonly EnqueuedRun[], { workerId: owner }: RunTaker, reservation: Reservation): Offered {
    const lease = { owner, seconds: this.leaseSeconds };
    const byId = new Map(runs.map((run) => [run.id, run]));
    return {
      runs: runs.map((run) => (reservation.runIds.has(run.id) ? { ...run, lease } : run)),
      settle: (made) => {
        reservation.settle(made.flatMap((one) => (one.begun == null ? [] : [claimOf(byId.get(one.runId)!, one.begun)])));
        return made.filter((one) => one.begun == null);
      },
    };
  }
}

function claimOf(run: EnqueuedRun, begun: NonNullable<Enqueued["begun"]>): ClaimedRun {
  const { id, workspaceId, workflowId, versionId, input, trigger, triggerKind, mode, parent, rootRunId, depth, priority, pool, labels, options, identity = null, environmentId = null } = run;
  return {
    id, workspaceId, workflowId, versionId, input, trigger, givenBytes: givenBytes(run), triggerKind, mode, parent, rootRunId, depth, priority, pool, labels, options, identity, environmentId,
    homePool: pool, epoch: 1, takeovers: 0, lostAlone: 0, livedMs: 0, refusal: null, hasHistory: false, hasSnapshot: false, mutexKey: null, inboxSeq: 0, vars: null,
    createdAt: begun.createdAt, startedAt: begun.startedAt, now: begun.startedAt,
  };
}
