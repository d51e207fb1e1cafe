interface Item {
  id: string;
}

/** What was chosen in a list, as it was then: whatever the list shows by now, it stays chosen until somebody says otherwise. */
export type Chosen<One extends Item> = ReadonlyMap<string, One>;

export const NONE_CHOSEN: Chosen<never> = new Map<string, never>();

/** `left`: how many are not taken, as no more can be chosen at once. */
export function choose<One extends Item>(chosen: Chosen<One>, items: readonly One[], most: number): { chosen: Chosen<One>; left: number } {
  const next = new Map(chosen);
  let left = 0;
  for (const item of items) {
    if (next.has(item.id) || next.size < most) next.set(item.id, item);
    else left += 1;
  }
  return { chosen: next, left };
}

export function unchoose<One extends Item>(chosen: Chosen<One>, ids: readonly string[]): Chosen<One> {
  const gone = new Set(ids);
  return new Map([...chosen].filter(([id]) => !gone.has(id)));
}

/** All that are chosen, those that are shown as they are now, and among them those that are not shown. */
export function lookAt<One extends Item>(chosen: Chosen<One>, shown: readonly One[]): { items: One[]; hidden: One[] } {
  const visible = shown.filter(({ id }) => chosen.has(id));
  const ids = new Set(visible.map(({ id }) => id));
  const hidden = [...chosen.values()].filter(({ id }) => !ids.has(id));
  return { items: [...visible, ...hidden], hidden };
}

/** `there`: what has been found of those that were asked for; the others of them are gone, or lie elsewhere. */
export function withoutGone<One extends Item>(chosen: Chosen<One>, asked: readonly string[], there: readonly One[]): Chosen<One> {
  const found = new Map(there.map((one) => [one.id, one]));
  const isGone = (id: string) => asked.includes(id) && !found.has(id);
  return new Map([...chosen].flatMap(([id, one]) => (isGone(id) ? [] : [[id, found.get(id) ?? one] as const])));
}
