import type { Pool } from "pg";

const LOOK_EVERY_MS = 500;

/** Which runs' rows nobody else holds just now. */
export async function freeRuns(pool: Pool, runIds: readonly string[]): Promise<Set<string>> {
  const text = "SELECT run_id FROM run_queue WHERE run_id = ANY ($1::uuid[]) ORDER BY run_id FOR NO KEY UPDATE SKIP LOCKED";
  const { rows } = await pool.query<{ run_id: string }>({ name: "millrace-free", text, values: [runIds] });
  return new Set(rows.map((row) => row.run_id));
}

interface Parkable {
  write: { runId: string };
  reject: (reason: Error) => void;
  /** When it was parked first. */
  parkedAt?: number;
}

/** Writes whose rows somebody else holds wait here, and not on a connection: those of other runs go on meanwhile. */
export class ParkedWrites<Waiting extends Parkable> {
  #parked: { waiting: Waiting; error: Error }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    /** How long one waits in all. */
    private readonly patienceMs: number,
    private readonly goOn: (writes: Waiting[]) => void,
  ) {}

  add(waiting: Waiting, error: Error): void {
    waiting.parkedAt ??= performance.now();
    if (this.#isOver(waiting)) return waiting.reject(error);
    this.#parked.push({ waiting, error });
    this.#timer ??= setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  #isOver({ parkedAt = Infinity }: Waiting): boolean {
    return performance.now() > parkedAt + this.patienceMs;
  }

  async #look(): Promise<void> {
    const looked = this.#parked;
    this.#parked = [];
    // While the table itself is held nobody can tell.
    const free = await freeRuns(this.pool, looked.map(({ waiting }) => waiting.write.runId)).catch(() => new Set<string>());
    this.#timer = undefined;
    const ready: Waiting[] = [];
    for (const { waiting, error } of looked) {
      if (free.has(waiting.write.runId)) ready.push(waiting);
      else this.add(waiting, error);
    }
    if (this.#parked.length > 0) this.#timer ??= setTimeout(() => void this.#look(), LOOK_EVERY_MS);
    if (ready.length > 0) this.goOn(ready);
  }
}
