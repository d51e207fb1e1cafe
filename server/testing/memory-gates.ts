import { TURN_SIGNAL, type AdmissionAnswer, type Admission, type Gates, type NewMessage, type PeriodLimit, type StepPlaceAnswer, type StepPlaceRequest } from "@/server/engine/ports";
import { mergeLists } from "@/server/queue/merge-lists";
import { nextStart, withStart } from "@/server/queue/period-limit";
import type { StoredRun } from "@/server/testing/memory-rows";

interface World {
  runs: ReadonlyMap<string, StoredRun>;
  now: () => number;
  cancel: (runId: string, reason: string) => void;
  deliver: (message: NewMessage) => void;
}

/** The limits of the store in memory. */
export class MemoryGates {
  readonly #starts = new Map<string, number[]>();
  readonly #pending = new Map<string, { runId: string; firstAt: number; count: number }>();
  readonly #stepPlaces = new Map<string, StepPlace>();

  constructor(private readonly world: World) {}

  admit(stored: StoredRun, { workspaceId, inboxSeq, gates }: Admission): AdmissionAnswer {
    if (stored.mutexKey !== null) return { kind: "admitted" };
    if (stored.inbox.length > inboxSeq) return { kind: "inbox_changed" };
    const now = this.world.now();
    if (gates.debounce !== undefined && stored.gate < 2) {
      const delayed = this.#debounce(stored, `${workspaceId} ${gates.debounce.key}`, gates.debounce, now);
      if (delayed !== null) return delayed;
    }
    if (gates.rateLimit !== undefined && stored.gate < 3) {
      if (!this.reserve(`${workspaceId} rate ${gates.rateLimit.key}`, gates.rateLimit, now, false).isTaken) return { kind: "refused", reason: "skipped: rate limit", counts: false };
    }
    if (gates.throttle !== undefined && stored.gate < 4) {
      const { start } = this.reserve(`${workspaceId} throttle ${gates.throttle.key}`, gates.throttle, now, true);
      if (start > now) return this.#delay(stored, 4, start);
    }
    stored.gate = 4;
    return gates.place === undefined ? { kind: "admitted" } : this.#place(stored, workspaceId, gates.place);
  }

  #debounce(stored: StoredRun, key: string, { seconds, maxWaitSeconds, maxCount, mergeField }: NonNullable<Gates["debounce"]>, now: number): AdmissionAnswer | null {
    const last = this.#pending.get(key);
    if (stored.gate === 1) {
      if (last?.runId === stored.run.id) this.#pending.delete(key);
      return null;
    }
    const older = last === undefined ? undefined : this.world.runs.get(last.runId);
    const merged = older === undefined || mergeField === undefined ? stored.run.input : mergeLists(older.run.input, stored.run.input, mergeField);
    const isTaken = last !== undefined && older?.state === "waiting" && older.gate === 1 && merged !== null;
    if (isTaken) {
      stored.run = { ...stored.run, input: merged };
      older.finish = { status: "cancelled", output: null, error: null, source: "limit", reason: `debounced: run ${stored.run.id} took its place`, finishedAt: now };
      older.state = null;
    }
    const entry = { runId: stored.run.id, firstAt: isTaken ? last.firstAt : now, count: isTaken ? last.count + 1 : 1 };
    const isFull = maxCount !== undefined && entry.count >= maxCount;
    if (isFull) this.#pending.delete(key);
    else this.#pending.set(key, entry);
    const dueAt = isFull ? now : Math.max(now, Math.min(now + seconds * 1_000, entry.firstAt + (maxWaitSeconds ?? Infinity) * 1_000));
    return this.#delay(stored, isFull ? 2 : 1, dueAt);
  }

  #delay(stored: StoredRun, gate: number, dueAt: number): AdmissionAnswer {
    Object.assign(stored, { gate, state: "waiting", dueAt, startedAt: stored.steps.size === 0 ? null : stored.startedAt });
    return { kind: "delayed", dueAt };
  }

  reserve(key: string, { limit, periodSeconds }: PeriodLimit, now: number, mayWait: boolean): { start: number; isTaken: boolean } {
    const starts = this.#starts.get(key) ?? [];
    const start = nextStart(starts, limit, periodSeconds, now);
    if (start > now && !mayWait) return { start, isTaken: false };
    this.#starts.set(key, withStart(starts, start, limit));
    return { start, isTaken: true };
  }

  #place(stored: StoredRun, workspaceId: string, { key, limit, whenFull }: NonNullable<Gates["place"]>): AdmissionAnswer {
    const others = [...this.world.runs.values()].filter((one) => one !== stored && one.run.workspaceId === workspaceId && one.mutexKey === key && one.state !== null);
    if (others.filter((one) => one.state !== "blocked").length < limit) {
      stored.mutexKey = key;
      return { kind: "admitted" };
    }
    for (let above = this.#parentOf(stored); above !== undefined; above = this.#parentOf(above)) {
      if (above.mutexKey === key && above.state !== null && above.state !== "blocked") return { kind: "admitted" };
    }
    if (whenFull === "skip" || whenFull === "cancelNew") return { kind: "refused", reason: "no place", counts: whenFull === "cancelNew" };
    Object.assign(stored, { mutexKey: key, state: "blocked", startedAt: stored.steps.size === 0 ? null : stored.startedAt });
    if (whenFull === "cancelOldest") {
      const newestFirst = others.map((one) => one.run.id).sort().reverse();
      for (const id of newestFirst.slice(limit - 1)) this.world.cancel(id, `run ${stored.run.id} took its place`);
    }
    return { kind: "blocked" };
  }

  #parentOf({ run }: StoredRun): StoredRun | undefined {
    return run.parent === null ? undefined : this.world.runs.get(run.parent.runId);
  }

  takeStepPlace({ runId, workspaceId, path, attempt, place }: StepPlaceRequest): StepPlaceAnswer {
    const key = `${workspaceId} ${place.key}`;
    const mine = `${runId} ${path}`;
    const before = this.#stepPlaces.get(mine);
    const own = before?.key === key ? Object.assign(before, { attempt }) : { runId, path, attempt, key, limit: place.limit, taken: false, givesWay: false };
    // Who asked first stands first.
    if (own !== before) this.#stepPlaces.delete(mine);
    this.#stepPlaces.set(mine, own);
    if (own.taken) return { kind: "taken" };
    if (!own.givesWay) own.taken = this.#holders(key) < place.limit && this.#first(key) === own;
    if (own.taken) return { kind: "taken" };
    if (own.givesWay || place.whenFull === "skip" || place.whenFull === "cancelNew") {
      this.#stepPlaces.delete(mine);
      return { kind: own.givesWay ? "gaveWay" : "refused" };
    }
    if (place.whenFull === "queue") return { kind: "full", giveWay: [] };
    const others = [...this.#stepPlaces.values()].filter((one) => one.key === key && one !== own).reverse();
    const older = own === before ? others.filter((one) => one.taken && one.givesWay) : others.slice(place.limit - 1).filter((one) => !one.givesWay);
    for (const one of older) one.givesWay = true;
    return { kind: "full", giveWay: older };
  }

  #holders(key: string): number {
    return [...this.#stepPlaces.values()].filter((one) => one.key === key && one.taken).length;
  }

  #first(key: string): StepPlace | undefined {
    return [...this.#stepPlaces.values()].find((one) => one.key === key && !one.taken && !one.givesWay);
  }

  freeStepPlaces(runId: string, paths: readonly string[] | "all"): void {
    const freed = [...this.#stepPlaces].filter(([, one]) => one.runId === runId && (paths === "all" || paths.includes(one.path)));
    for (const [id] of freed) this.#stepPlaces.delete(id);
    for (const key of new Set(freed.map(([, one]) => one.key))) {
      for (let next = this.#first(key); next !== undefined && this.#holders(key) < next.limit; next = this.#first(key)) {
        next.taken = true;
        this.world.deliver({ runId: next.runId, kind: "signal", path: next.path, attempt: null, name: TURN_SIGNAL, payload: null, key: `place ${crypto.randomUUID()}` });
      }
    }
  }
}

interface StepPlace {
  runId: string;
  path: string;
  attempt: number;
  key: string;
  limit: number;
  taken: boolean;
  givesWay: boolean;
}
