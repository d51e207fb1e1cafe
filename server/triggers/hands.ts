/** Of one workspace at a time, before events of others are looked for past it. */
const SHARE = 100;

/** How many events of each workspace this process is turning into runs: slow ones of one keep no other's waiting. */
export class Hands {
  readonly #counts = new Map<string, number>();
  #wakers: (() => void)[] = [];

  get areEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Workspaces that have their share. */
  full(): string[] {
    return [...this.#counts].flatMap(([workspaceId, count]) => (count >= SHARE ? [workspaceId] : []));
  }

  take(workspaceId: string): void {
    this.#counts.set(workspaceId, (this.#counts.get(workspaceId) ?? 0) + 1);
  }

  free(workspaceId: string): void {
    const left = (this.#counts.get(workspaceId) ?? 0) - 1;
    if (left > 0) this.#counts.set(workspaceId, left);
    else this.#counts.delete(workspaceId);
    if (this.areEmpty || left === SHARE / 2) this.#wake();
  }

  /** Until one has room again or all are done, `ms` at most. */
  async room(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakers.push(() => (clearTimeout(timer), resolve()));
    });
    this.#wakers = [];
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
