const KEPT = "millrace-invitation";
/** As long as a mailed link to sign in works. */
const KEPT_MILLISECONDS = 15 * 60_000;

/** The code of an invitation, which the browser keeps over a sign-in on the way: a mailed link opens another tab. */
export class KeptCode {
  /** A page that has read it does not lose it under the hands of who fills in its form. */
  #held: string | null = null;

  constructor(private readonly storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">) {}

  /** The code is in the fragment, which no server sees, or it was kept a short while ago; null: there is none. */
  read(fragment: string, now: number): string | null {
    if (fragment === "") return (this.#held ??= this.#find(now));
    if (fragment !== this.#held) {
      this.#held = fragment;
      this.keep(now);
    }
    return fragment;
  }

  /** The time begins when somebody opens the invitation, and anew when they leave for signing in. */
  keep(now: number): void {
    if (this.#held !== null) this.storage().setItem(KEPT, `${now} ${this.#held}`);
  }

  drop(): void {
    this.storage().removeItem(KEPT);
  }

  #find(now: number): string | null {
    const [, at, code] = /^(\d+) (\S+)$/.exec(this.storage().getItem(KEPT) ?? "") ?? [];
    return code !== undefined && now - Number(at) < KEPT_MILLISECONDS ? code : null;
  }
}
