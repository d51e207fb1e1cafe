import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";

/** A place in a list that is sorted by moment and id, newest first. */
export interface Place {
  at: Date;
  id: string;
}

export function encodePlace({ at, id }: Place): string {
  return `${at.getTime().toString(36)}.${id}`;
}

export function decodePlace(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [time, id] = cursor.split(".");
  const at = new Date(Number.parseInt(time ?? "", 36));
  if (id === undefined || !UUID.test(id) || Number.isNaN(at.getTime())) throw unknownCursor();
  return { at, id };
}

/** Rows were asked for one more than `limit`, so that the last page says that it is the last. */
export function pageFrom<Row, Item>(rows: Row[], limit: number, placeOf: (row: Row) => Place, toItem: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last !== undefined ? encodePlace(placeOf(last)) : null };
}

/** Prisma filter: what comes after the place in a list sorted by `field` and id, newest first. */
export function after<Field extends string>(field: Field, place: Place | null) {
  if (place === null) return {};
  // The bound stands by itself as well: an index begins there, and does not walk all that comes before.
  return { AND: [{ [field]: { lte: place.at } }, { OR: [{ [field]: { lt: place.at } }, { [field]: place.at, id: { lt: place.id } }] }] };
}

/** For lists sorted by a number, oldest first. */
export function decodeNumber(cursor: string | undefined): bigint {
  if (cursor === undefined) return 0n;
  if (!/^\d{1,18}$/.test(cursor)) throw unknownCursor();
  return BigInt(cursor);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function unknownCursor(): DomainError {
  return new DomainError("invalid_input", { field: "cursor", reason: "is not a cursor of this list" });
}
