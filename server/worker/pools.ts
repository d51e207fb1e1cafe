/** The pools a worker serves, and of how many runs at the same time, where that is limited. */
export interface ServedPools {
  names: string[];
  runs: ReadonlyMap<string, number>;
}

/** Reads `default` and `gpu:2` (a pool's name and how many of its runs at the same time). */
export function readPools(entries: readonly string[]): ServedPools {
  const runs = new Map<string, number>();
  const names = entries.map((entry) => {
    const [, name = entry, count] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (count !== undefined) runs.set(name, Math.max(1, Number(count)));
    return name;
  });
  return { names, runs };
}

/** Counts the runs a worker holds by pool. */
export class PoolPlaces {
  readonly #held = new Map<string, number>();

  constructor(private readonly pools: ServedPools) {}

  /** What to claim next: pools without a limit together, each of the others as far as it has room. */
  requests(limit: number): { pools: string[]; limit: number }[] {
    const free = this.pools.names.filter((name) => !this.pools.runs.has(name));
    const limited = [...this.pools.runs].map(([name, runs]) => ({ pools: [name], limit: Math.min(limit, runs - (this.#held.get(name) ?? 0)) }));
    return [...(free.length === 0 ? [] : [{ pools: free, limit }]), ...limited.filter((request) => request.limit > 0)];
  }

  /** What such a pool holds back is asked for when a run of it ends. */
  isLimited(pool: string): boolean {
    return this.pools.runs.has(pool);
  }

  /** Whether a run of one pool may do steps of the other here: places of a limited pool are for its own steps. */
  mayMix(pool: string, other: string): boolean {
    return this.pools.names.includes(other) && !this.isLimited(pool) && !this.isLimited(other);
  }

  take(pool: string): void {
    this.#held.set(pool, (this.#held.get(pool) ?? 0) + 1);
  }

  giveBack(pool: string): void {
    this.#held.set(pool, (this.#held.get(pool) ?? 0) - 1);
  }
}
