/**
 * The kept keys in one order: that of the side which reordered (mine when both did), each key that only the other side has
 * behind the one that it follows there.
 */
export function weave(base: readonly string[], mine: readonly string[], theirs: readonly string[], kept: ReadonlySet<string>): string[] {
  const own = new Set(mine);
  const shared = new Set(base.filter((key) => own.has(key)));
  const isMineInOrder = isEqual(base.filter((key) => shared.has(key)), mine.filter((key) => shared.has(key)));
  const [leading, following] = isMineInOrder ? [theirs, mine] : [mine, theirs];
  const order = leading.filter((key) => kept.has(key));
  const seen = new Set(order);
  let last = -1;
  for (const key of following) {
    if (!kept.has(key)) continue;
    if (seen.has(key)) last = order.indexOf(key);
    else {
      order.splice(++last, 0, key);
      seen.add(key);
    }
  }
  return order;
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}
