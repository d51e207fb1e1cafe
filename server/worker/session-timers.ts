import type { Clock } from "@/server/worker/ports";

const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The engine's timers of one run, while it is in memory. */
export class SessionTimers {
  readonly #due = new Map<string, number>();
  #timeout: NodeJS.Timeout | undefined;
  #armedFor = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly fire: (id: string, at: number) => void,
  ) {}

  set(id: string, at: number): void {
    this.#due.set(id, at);
    this.#arm();
  }

  /** One that fired at a wrong moment: it waits for `resume`. */
  putBack(id: string, at: number): void {
    this.#due.set(id, at);
  }

  clear(id: string): void {
    this.#due.delete(id);
  }

  /** When the next timer is due; null when there is none. */
  next(): number | null {
    let next = Infinity;
    for (const at of this.#due.values()) next = Math.min(next, at);
    return next === Infinity ? null : next;
  }

  stop(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
    this.#armedFor = Infinity;
  }

  /** Fires what is due and arms for the rest; also after `stop`. */
  resume(): void {
    this.stop();
    const now = this.clock.now();
    const due = [...this.#due].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
    for (const [id] of due) this.#due.delete(id);
    for (const [id, at] of due) this.fire(id, Math.max(at, now));
    this.#arm();
  }

  #arm(): void {
    const next = this.next();
    if (next === null || next >= this.#armedFor) return;
    this.stop();
    this.#armedFor = next;
    const delay = Math.min(Math.max(0, next - this.clock.now()), LONGEST_TIMEOUT_MS);
    this.#timeout = setTimeout(() => this.resume(), delay);
  }
}
