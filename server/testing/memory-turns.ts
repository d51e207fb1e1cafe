import { TURN_SIGNAL, type NewMessage, type PeriodLimit, type StepTurn, type StepTurnRequest } from "@/server/engine/ports";
import { joinLists } from "@/server/queue/merge-lists";

interface Held {
  runId: string;
  path: string;
  workspaceId: string;
  attempt: number;
  gate: number;
  dueAt: number;
  key: string | null;
  firstAt: number;
  count: number;
  list: string | null;
  takenBy: string | null;
}

interface World {
  now: () => number;
  /** As in `MemoryGates`. */
  reserve: (key: string, limit: PeriodLimit, now: number, mayWait: boolean) => { start: number; isTaken: boolean };
  deliver: (message: NewMessage) => boolean;
}

/** Limits of single steps over time, in the store in memory. */
export class MemoryTurns {
  readonly #held = new Map<string, Held>();

  constructor(private readonly world: World) {}

  take(request: StepTurnRequest): StepTurn {
    const { runId, path, attempt, gates, workspaceId } = request;
    const now = this.world.now();
    const id = `${runId} ${path}`;
    const before = this.#held.get(id);
    if (before?.takenBy != null) return { kind: "superseded", by: before.takenBy };
    const own: Held = before?.attempt === attempt ? before : { runId, path, workspaceId, attempt, gate: 0, dueAt: now, key: null, firstAt: now, count: 1, list: gates.debounce?.list ?? null, takenBy: null };
    this.#held.set(id, own);
    const list = (): { list?: string } => (own.list === null ? {} : { list: own.list });
    if (gates.debounce !== undefined && own.gate < 2) {
      if (own.gate === 0) this.#join(own, gates.debounce, now);
      if (own.gate === 1 && own.dueAt > now) return { kind: "later", dueAt: own.dueAt, count: own.count, ...list() };
      own.gate = 2;
    }
    if (gates.rateLimit !== undefined && own.gate < 3) {
      const { start, isTaken } = this.world.reserve(`${workspaceId} step rate ${gates.rateLimit.key}`, gates.rateLimit, now, false);
      if (!isTaken) return { kind: "refused", notBefore: start, ...list() };
    }
    if (own.gate < 4) own.dueAt = gates.throttle === undefined ? now : this.world.reserve(`${workspaceId} step throttle ${gates.throttle.key}`, gates.throttle, now, true).start;
    own.gate = 4;
    return own.dueAt > now ? { kind: "later", dueAt: own.dueAt, count: null, ...list() } : { kind: "go", ...list() };
  }

  #join(own: Held, { key, seconds, maxWaitSeconds, maxCount }: NonNullable<StepTurnRequest["gates"]["debounce"]>, now: number): void {
    const pending = [...this.#held.values()].find((one) => one !== own && one.workspaceId === own.workspaceId && one.key === key && one.gate === 1 && one.takenBy === null);
    const joined = pending === undefined ? null : joinLists(pending.list, own.list);
    if (pending !== undefined) {
      if (joined === null) pending.gate = 2;
      else Object.assign(pending, { takenBy: own.runId });
      const { runId, path, attempt } = pending;
      this.world.deliver({ runId, kind: "signal", path, attempt, name: TURN_SIGNAL, payload: null, key: `turn ${path}#${attempt}` });
    }
    if (pending !== undefined && joined !== null) Object.assign(own, { firstAt: pending.firstAt, count: pending.count + 1, list: joined.list });
    own.gate = maxCount !== undefined && own.count >= maxCount ? 2 : 1;
    own.key = key;
    own.dueAt = Math.max(now, Math.min(now + seconds * 1_000, own.firstAt + (maxWaitSeconds ?? Infinity) * 1_000));
  }

  forget(runId: string, paths: readonly string[] | "all"): void {
    for (const [id, one] of this.#held) if (one.runId === runId && (paths === "all" || paths.includes(one.path))) this.#held.delete(id);
  }
}
