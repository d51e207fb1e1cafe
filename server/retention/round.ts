import { setTimeout as pause } from "node:timers/promises";
import { sharedPool } from "@/server/db/client";
import type { Policy } from "./contract";
import { holdLease, type Lease } from "./lease";
import { BEGINNING, type Place } from "./looked-at";
import { findPolicies, type WorkflowPolicy } from "./policies";
import { NO_WORKFLOW } from "./record";
import { findTriggers, removeDeleted, removeEvents, removeKeys } from "./remove-events";
import { removeBelongings } from "./remove-belongings";
import { removeRuns, type Cutoffs } from "./remove-runs";
import { thinOpenRuns, thinRuns, type Thinned, type Thinning } from "./thin-runs";

const DAY_MS = 86_400_000;
/** After each batch the database has at least as much time for others. */
const LEAST_PAUSE_MS = 10;
const KEEP_RECORDS_DAYS = 400;
/** Transactions that remove something hold the lease; a walk that finds nothing does so as often as this. */
const HOLD_EVERY_MS = 10_000;

/** Removes what is over in a workspace, batch by batch; ends early when told to. A later round goes on where this one was. */
export class Round {
  #heldAt = performance.now();

  constructor(
    private readonly lease: Lease,
    private readonly signal: AbortSignal,
    /** The database's clock. */
    private readonly now: number,
    private readonly holdEveryMs = HOLD_EVERY_MS,
  ) {}

  async work(): Promise<void> {
    const policies = await findPolicies(sharedPool(), this.lease.workspaceId);
    const cutoffs = this.#cutoffs(policies);
    await this.#belongings();
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
      await this.#belongings();
    }
  }

  async #belongings(): Promise<void> {
    while (!this.signal.aborted && (await this.#paced(() => removeBelongings(this.lease))));
  }

  async #thin(what: Thinned, workflowId: string | null, cutoff: Date | null): Promise<void> {
    if (cutoff === null) return;
    const thinning: Thinning = { lease: this.lease, what, workflowId, cutoff, onMore: () => pause(LEAST_PAUSE_MS) };
    for (let id: string | null = BEGINNING.id; id !== null && !this.signal.aborted; ) {
      const from: string = id;
      id = await this.#paced(() => thinOpenRuns(thinning, from));
    }
    const marks = (this.lease.marks[workflowId ?? NO_WORKFLOW] ??= {});
    const mark = marks[what];
    let place = mark === undefined ? BEGINNING : { ...BEGINNING, createdAt: new Date(mark) };
    for (let isEnd = false; !isEnd && !this.signal.aborted; ) {
      const batch = await this.#paced(() => thinRuns(thinning, place));
      if (batch.last !== null) {
        place = batch.last;
        marks[what] = place.createdAt.toISOString();
      }
      isEnd = batch.isEnd;
    }
  }

  async #events(policies: readonly WorkflowPolicy[]): Promise<void> {
    const days = new Map(policies.map(({ workflowId, policy }) => [workflowId, policy.eventDays]));
    for (const trigger of await findTriggers(this.lease.workspaceId)) {
      const cutoff = this.#cutoff(days.get(trigger.workflowId) ?? null);
      if (cutoff === null && !trigger.isDeleted) continue;
      while (!this.signal.aborted && (await this.#paced(() => removeEvents(this.lease, trigger, trigger.isDeleted ? null : cutoff))));
      while (trigger.isDeleted && !this.signal.aborted && (await this.#paced(() => removeDeleted(trigger))));
    }
    while (!this.signal.aborted && (await this.#paced(() => removeKeys(this.lease.workspaceId))));
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
    if (begun - this.#heldAt >= this.holdEveryMs) {
      await holdLease(sharedPool(), this.lease);
      this.#heldAt = begun;
    }
    const result = await work();
    await pause(Math.max(LEAST_PAUSE_MS, performance.now() - begun), undefined, { signal: this.signal }).catch(() => {});
    return result;
  }
}
