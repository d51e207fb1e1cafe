/** As long as a mailed link to sign in works. */
const KEPT_MILLISECONDS = 15 * 60_000;

export function keep(code: string, now: number): string {
  return `${now} ${code}`;
}

/** The code of an invitation that was opened a short while ago; null: none. */
export function readKept(kept: string | null, now: number): string | null {
  const [, at, code] = /^(\d+) (\S+)$/.exec(kept ?? "") ?? [];
  return code !== undefined && now - Number(at) < KEPT_MILLISECONDS ? code : null;
}
