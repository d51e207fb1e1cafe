interface Row {
  id: string;
}

export interface Rest<One extends Row> {
  rows: readonly One[];
  /** Ids of rows that the list has no more. */
  gone: ReadonlySet<string>;
  /** How many rows wait to come in. */
  waiting: number;
  /** Some rows may be on the next page by now. */
  isPushed: boolean;
}

const NONE: ReadonlySet<string> = new Set<string>();

export function allOf<One extends Row>(items: readonly One[]): Rest<One> {
  return { rows: items, gone: NONE, waiting: 0, isPushed: false };
}

/**
 * The rows that are shown, as they are by now, where they are: what is new waits, what is gone stays.
 * Only what lies behind all of them comes in, as nothing moves for it: further pages.
 * With `isMore`, as many of the last as there are new ones may have been pushed to the next page, which is not here yet.
 */
export function atRest<One extends Row>(shown: readonly One[], items: readonly One[], isMore: boolean): Rest<One> {
  const current = new Map(items.map((item) => [item.id, item]));
  const known = new Set(shown.map(({ id }) => id));
  const last = items.findLastIndex(({ id }) => known.has(id));
  const further = last === -1 && shown.length > 0 ? items.length : last + 1;
  const waiting = items.slice(0, further).filter(({ id }) => !known.has(id)).length;
  const end = shown.findLastIndex(({ id }) => current.has(id)) + 1;
  const isPushed = isMore && end < shown.length && shown.length - end <= waiting;
  const held = isPushed ? shown.slice(0, end) : shown;
  return {
    rows: [...shown.map((row) => current.get(row.id) ?? row), ...items.slice(further)],
    gone: new Set(held.filter(({ id }) => !current.has(id)).map(({ id }) => id)),
    waiting,
    isPushed,
  };
}

export function isSame<One extends Row>(one: readonly One[], other: readonly One[]): boolean {
  return one.length === other.length && one.every((row, index) => row === other[index]);
}
