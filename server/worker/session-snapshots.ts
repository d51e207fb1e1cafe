import type { RunHistory, Snapshot } from "@/server/engine/ports";
import { crashPoint } from "@/server/testing/crash-points";
import { packPaths, packSnapshot, SMALL, LARGE, unpackSnapshot, type RunSnapshot, type SnapshotLimits } from "@/server/worker/run-snapshot";
import type { RunSession } from "@/server/worker/session";
import { LeaseLost } from "@/server/worker/step-failure";

/** A large one comes after so many more records: what it writes stays less than what they do. */
const BYTES_PER_RECORD = 64;
/** So many times the usual records later it may be small enough. */
const AFTER_TOO_LARGE = 8;

export interface Left {
  snapshot: RunSnapshot;
  /** No record comes later. */
  isWhole: boolean;
}

/**
 * What a run is, kept as it leaves memory and now and then while it works, so that whoever claims it folds only what comes later. The
 * journal stays the truth.
 */
export class SessionSnapshots {
  #nextSeq = Infinity;
  #keeping: Promise<void> | undefined;

  constructor(private readonly session: RunSession) {}

  /** What it is to be begun with, if this release made it. */
  async left(): Promise<Left | null> {
    const { claim, worker } = this.session.run;
    const kept = claim.hasSnapshot ? await worker.store.snapshot(claim.id, claim.epoch) : null;
    const snapshot = kept === null ? null : unpackSnapshot(kept.text);
    return kept === null || snapshot === null ? null : { snapshot, isWhole: kept.isWhole };
  }

  /** The journal as far as it is not in what was left. */
  async history(left: Left | null): Promise<RunHistory> {
    const { claim, worker } = this.session.run;
    if (left?.isWhole === true) return { records: [], started: [], checkpoints: left.snapshot.checkpoints };
    return claim.hasHistory ? await worker.store.history(claim.id, left?.snapshot.state.seq) : { records: [], started: [], checkpoints: [] };
  }

  /** The run stands where its journal does. */
  begin(): void {
    this.#nextSeq = this.session.state.seq + this.session.run.worker.settings.snapshotEvery;
  }

  ofRelease(): { snapshot?: Snapshot } {
    const { state, run } = this.session;
    const snapshot = state.seq < run.worker.settings.snapshotFromSeq ? null : this.#pack(SMALL);
    return snapshot === null ? {} : { snapshot };
  }

  /** A record was added: every so many of them the run is kept as it is. */
  follow(): void {
    const { state } = this.session;
    if (state.seq < this.#nextSeq || this.#keeping !== undefined || state.finished) return;
    this.#keeping = this.#keep().finally(() => (this.#keeping = undefined));
  }

  /** Once nothing is on its way: what is dropped at the end of the run stays so. */
  async settled(): Promise<void> {
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    const { run, state, journal } = this.session;
    const { store, settings } = run.worker;
    const snapshot = this.#pack(LARGE);
    this.#nextSeq = state.seq + (snapshot === null ? settings.snapshotEvery * AFTER_TOO_LARGE : Math.max(settings.snapshotEvery, snapshot.text.length / BYTES_PER_RECORD));
    if (snapshot === null) return;
    try {
      await journal.durable();
      crashPoint("before-snapshot");
      await store.keepSnapshot({ runId: run.claim.id, epoch: run.claim.epoch, ...snapshot });
      crashPoint("after-snapshot");
    } catch (error) {
      // Nothing depends on it.
      if (!(error instanceof LeaseLost)) run.worker.report(error, run.claim);
    }
  }

  #pack(limits: SnapshotLimits): Snapshot | null {
    const { state, inbox, attempts, run } = this.session;
    const text = packSnapshot({ state, paths: packPaths(run.values.known()), inbox: { lastSeq: inbox.lastSeq, kept: inbox.keptSeqs }, checkpoints: attempts.checkpointsOf(state) }, limits);
    return text === null ? null : { seq: state.seq, text };
  }
}
