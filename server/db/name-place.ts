import { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { holdsText } from "@/server/db/fold-case";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";

/** A place in a list that is sorted by `key` and id, where rows carry both. */
export interface NamePlace {
  key: string;
  id: string;
}
// PostgreSQL knows no text with that character.
const placeSchema = z.tuple([z.string().refine((text) => !text.includes("\0")), z.uuid()]);

export function decodeNamePlace(cursor: string | undefined): NamePlace | null {
  if (cursor === undefined) return null;
  const place = placeSchema.safeParse(partsOf(cursor));
  if (!place.success) throw new DomainError("invalid_input", { field: "cursor", reason: "is not a cursor of this list" });
  return { key: place.data[0], id: place.data[1] };
}

function partsOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return null;
  }
}

/** Rows were asked for one more than `limit`, so that the last page says that it is the last. */
export function namePageFrom<Row extends NamePlace, Item>(rows: readonly Row[], limit: number, toItem: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last !== undefined ? Buffer.from(JSON.stringify([last.key, last.id])).toString("base64url") : null };
}

/** What comes after the place in a query whose rows have columns `key` and `id`. */
export function afterName(place: NamePlace | null): Prisma.Sql {
  return place === null ? Prisma.sql`true` : Prisma.sql`(key, id) > (${place.key}, ${place.id}::uuid)`;
}

/** Rows whose columns `name` or `email` hold the text. */
export function fitsPerson(search: string): Prisma.Sql {
  return search === "" ? Prisma.sql`true` : Prisma.sql`(${holdsText(Prisma.sql`name`, search)} or ${holdsText(Prisma.sql`email`, search)})`;
}
