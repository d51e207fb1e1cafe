import { setTimeout as pause } from "node:timers/promises";
import { sharedPool } from "@/server/db/client";
import type { Policy } from "./contract";
import type { Lease } from "./lease";
import { findPolicies, type WorkflowPolicy } from "./policies";
import { NO_WORKFLOW } from "./record";
import { findTriggers, removeEvents } from "./remove-events";
import { BEGINNING, removeRuns, type Cutoffs, type Place } from "./remove-runs";
import { thinRuns, type Thinned } from "./thin-runs";

const DAY_MS = 86_400_000;
/** After each batch the database has at least as much time for others. */
const LEAST_PAUSE_MS = 10;
const KEEP_RECORDS_DAYS = 400;

/** Removes what is over in a workspace, batch by batch; ends early when told to. A later round goes on where this one was. */
export class Round {
  constructor(
    private readonly lease: Lease,
    private readonly signal: AbortSignal,
    /** The database's clock. */
    private readonly now: number,
  ) {}

  async work(): Promise<void> {
    const policies = await findPolicies(sharedPool(), this.lease.workspaceId);
    const cutoffs = this.#cutoffs(policies);
    for (const { workflowId, policy } of policies) {
      await this.#runs(workflowId, policy, cutoffs);
      await this.#thin("logs", workflowId, this.#cutoff(policy.logDays));
      await this.#thin("blobs", workflowId, this.#cutoff(policy.blobDays));
    }
    await this.#events(policies);
    await this.#batchesAndRecords(policies);
  }

  #cutoff(days: number | null): Date | null {
    return days === null ? null : new Date(this.now - days * DAY_MS);
  }

  #cutoffs(policies: readonly WorkflowPolicy[]): Cutoffs {
    return { workflowIds: policies.map(({ workflowId }) => workflowId ?? NO_WORKFLOW), cutoffs: policies.map(({ policy }) => this.#cutoff(policy.runDays)) };
  }

  async #runs(workflowId: string | null, { runDays }: Policy, all: Cutoffs): Promise<void> {
    const cutoff = this.#cutoff(runDays);
    if (cutoff === null) return;
    for (let place: Place | null = BEGINNING; place !== null && !this.signal.aborted; ) {
      const from: Place = place;
      place = await this.#paced(() => removeRuns(this.lease, workflowId, cutoff, all, from));
    }
  }

  async #thin(what: Thinned, workflowId: string | null, cutoff: Date | null): Promise<void> {
    if (cutoff === null) return;
    const marks = (this.lease.marks[workflowId ?? NO_WORKFLOW] ??= {});
    const mark = marks[what];
    let isContiguous = true;
    for (let place: Place | null = mark === undefined ? BEGINNING : { createdAt: new Date(mark), id: NO_WORKFLOW }; place !== null && !this.signal.aborted; ) {
      const from: Place = place;
      const { next, doneBefore, isOpen } = await this.#paced(() => thinRuns(this.lease, what, workflowId, cutoff, from, () => pause(LEAST_PAUSE_MS)));
      if (isContiguous && doneBefore !== null) marks[what] = doneBefore.toISOString();
      isContiguous &&= !isOpen;
      place = next;
    }
  }

  async #events(policies: readonly WorkflowPolicy[]): Promise<void> {
    const days = new Map(policies.map(({ workflowId, policy }) => [workflowId, policy.eventDays]));
    for (const trigger of await findTriggers(this.lease.workspaceId)) {
      const cutoff = this.#cutoff(days.get(trigger.workflowId) ?? null);
      if (cutoff === null) continue;
      while (!this.signal.aborted && (await this.#paced(() => removeEvents(this.lease, trigger, cutoff))));
    }
  }

  /** Batches without runs are shown as long as their runs would have been. */
  async #batchesAndRecords(policies: readonly WorkflowPolicy[]): Promise<void> {
    const { workflowIds, cutoffs } = this.#cutoffs(policies);
    await sharedPool().query(
      `DELETE FROM run_batch b USING unnest($1::uuid[], $2::timestamptz[]) AS c(workflow_id, cutoff)
       WHERE b.workspace_id = $3 AND c.workflow_id = b.workflow_id AND b.created_at < c.cutoff AND NOT EXISTS (SELECT FROM run r WHERE r.batch_id = b.id)`,
      [workflowIds, cutoffs, this.lease.workspaceId],
    );
    await sharedPool().query("DELETE FROM retention_removal WHERE workspace_id = $1 AND day < current_date - $2::int", [this.lease.workspaceId, KEEP_RECORDS_DAYS]);
  }

  async #paced<Result>(work: () => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    const result = await work();
    await pause(Math.max(LEAST_PAUSE_MS, performance.now() - begun), undefined, { signal: this.signal }).catch(() => {});
    return result;
  }
}
