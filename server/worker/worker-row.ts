import os from "node:os";
import { sharedPool } from "@/server/db/client";
import { within } from "@/server/queue/within";
import { isGone, processHere } from "@/server/worker/process-mark";
import type { Needs } from "@/server/worker/capacity";
import type { WorkerStats } from "@/server/worker/worker";

export interface WorkerIdentity {
  id: string;
  name: string;
  version: string;
  pools: readonly string[];
  slots: number;
  capacity: Needs;
}

export interface WorkerHooks {
  /** What is counted, where somebody asks for it. */
  metrics?: (() => Promise<unknown>) | undefined;
  drain?: Drain | undefined;
  /** Workers of this machine whose processes are gone. */
  takeLost?: ((workerIds: string[]) => Promise<void>) | undefined;
}

export type WorkerState = "active" | "draining" | "stopped";

const WRITE = `
INSERT INTO worker (id, name, hostname, pid, version, pools, slots, busy_slots, held_runs, cpu_percent, memory_bytes, state, metrics, cpus, memory_mb, process, heartbeat_at, stopped_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::json, $14, $15, $16, clock_timestamp(), CASE WHEN $12 = 'stopped' THEN clock_timestamp() END)
ON CONFLICT (id) DO UPDATE SET busy_slots = excluded.busy_slots, held_runs = excluded.held_runs, cpu_percent = excluded.cpu_percent,
  memory_bytes = excluded.memory_bytes, state = excluded.state, metrics = excluded.metrics, heartbeat_at = excluded.heartbeat_at, stopped_at = excluded.stopped_at, lost_at = NULL
RETURNING drain_requested_at IS NOT NULL AS drains,
  (SELECT coalesce(json_agg(json_build_object('id', o.id, 'process', o.process)), '[]') FROM worker o
   WHERE o.id <> $1 AND o.lost_at IS NULL AND o.state <> 'stopped' AND starts_with(o.process, $17) AND o.heartbeat_at > clock_timestamp() - interval '1 hour'
   AND NOT EXISTS (SELECT FROM worker l WHERE l.lost_at > clock_timestamp() - interval '1 minute' AND starts_with(l.process, $17))) AS neighbours`;

const LOST = "UPDATE worker SET lost_at = clock_timestamp() WHERE id = ANY ($1::uuid[]) AND state <> 'stopped'";

const PROCESS = processHere();

interface Neighbour {
  id: string;
  process: string;
}

const EVERY_MS = 10_000;
/** Whoever drained the wrong one is not to wait. */
const EVERY_MS_WHILE_DRAINING = 1_000;

/** Somebody wants this worker to end. For a while it takes nothing new, and they may think better of it. */
export interface Drain {
  seconds: number;
  pause: () => void;
  resume: () => void;
  /** It finishes what it has, and ends. */
  end: () => void;
}

/** The row by which people see this worker. Leases do not depend on it. */
export class WorkerRow {
  #timer: NodeJS.Timeout | undefined;
  #state: WorkerState = "active";
  #writing: Promise<void> = Promise.resolve();
  /** When the time to take a drain back is over. */
  #drainsAt: number | null = null;
  #cpu = process.cpuUsage();
  #measuredAt = performance.now();

  constructor(
    private readonly identity: WorkerIdentity,
    private readonly stats: () => WorkerStats,
    private readonly report: (error: unknown) => void,
    private readonly hooks: WorkerHooks = {},
  ) {}

  start(): void {
    void this.#write();
    this.#writeEvery(EVERY_MS);
  }

  #writeEvery(milliseconds: number): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#write(), milliseconds);
  }

  async set(state: WorkerState): Promise<void> {
    this.#state = state;
    if (state === "stopped") clearInterval(this.#timer);
    await this.#write();
  }

  /** One after the other: what was written last is what it says of itself. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNow()).catch(this.report);
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const { id, name, version, pools, slots, capacity } = this.identity;
    const { busySlots, heldRuns } = this.stats();
    const { place, mark } = PROCESS ?? { place: null, mark: null };
    const values = [id, name, os.hostname(), process.pid, version, pools, slots, busySlots, heldRuns, this.#cpuPercent(), process.memoryUsage().rss, this.#state, await this.#metricsText(), capacity.cpu, capacity.memoryMb, mark, place];
    const { rows: [answer] } = await sharedPool().query<{ drains: boolean; neighbours: Neighbour[] }>(within(EVERY_MS, { text: WRITE, values }));
    if (this.#state === "stopped") return;
    if (this.hooks.drain !== undefined) this.#obey(answer?.drains === true, this.hooks.drain);
    await this.#lookAfter(answer?.neighbours ?? []);
  }

  /**
   * Once a minute on one machine: where workers die as fast as they are started, each takeover counts against runs that are at no fault, and leases
   * are what slows that down.
   */
  async #lookAfter(neighbours: readonly Neighbour[]): Promise<void> {
    const lost = neighbours.filter((one) => isGone(one.process)).map((one) => one.id);
    if (lost.length === 0 || this.hooks.takeLost === undefined) return;
    await this.hooks.takeLost(lost);
    await sharedPool().query(within(EVERY_MS, { text: LOST, values: [lost] }));
  }

  #obey(drains: boolean, drain: Drain): void {
    if (!drains) {
      if (this.#drainsAt === null) return;
      this.#drainsAt = null;
      drain.resume();
      this.#writeEvery(EVERY_MS);
      // It was taken back just before this row said that it was too late.
      if (this.#state === "draining") void this.set("active");
    } else if (this.#drainsAt === null) {
      this.#drainsAt = performance.now() + drain.seconds * 1_000;
      drain.pause();
      this.#writeEvery(EVERY_MS_WHILE_DRAINING);
    } else if (this.#state === "draining") {
      // The row says so: from here on nobody takes it back.
      drain.end();
    } else if (performance.now() >= this.#drainsAt) {
      this.#state = "draining";
      void this.#write();
    }
  }

  async #metricsText(): Promise<string | null> {
    return this.hooks.metrics === undefined ? null : JSON.stringify(await this.hooks.metrics());
  }

  /** Of one core, since the last look. */
  #cpuPercent(): number {
    const now = performance.now();
    const used = process.cpuUsage(this.#cpu);
    const percent = (used.user + used.system) / 10 / Math.max(1, now - this.#measuredAt);
    this.#cpu = process.cpuUsage();
    this.#measuredAt = now;
    return Math.round(percent * 10) / 10;
  }
}
