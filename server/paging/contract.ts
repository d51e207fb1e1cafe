import { z } from "zod";

/** Of a page whose size nobody names. */
export const DEFAULT_LIMIT = 50;

/** Keyset paging: `cursor` is what the page before gave as `nextCursor`; its text means nothing to the caller. */
export const pageInput = {
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(DEFAULT_LIMIT),
};

// PostgreSQL knows no text with that character.
const isText = (search: string) => !search.includes("\0");

/** Of lists that are sorted by names, which their cursors hold. */
export const searchedPageInput = { ...pageInput, cursor: z.string().max(2_000).optional(), search: z.string().trim().max(200).refine(isText, "holds a character that no text has").default("") };

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Moments travel as ISO 8601 text in UTC. */
export const momentSchema = z.iso.datetime({ offset: true });
