import { z } from "zod";
import { DomainError } from "@/server/errors/domain-error";
import { WORKFLOW_SORTS } from "./constants";

/** Where a page of the list ended. It belongs to the order that it was made in. */
const placeSchema = z.object({ sort: z.enum(WORKFLOW_SORTS), favorite: z.boolean(), key: z.string(), id: z.uuid() });
export type ListPlace = z.output<typeof placeSchema>;

export function encodeListPlace({ sort, favorite, key, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([sort, favorite, key, id])).toString("base64url");
}

export function decodeListPlace(cursor: string | undefined, sort: ListPlace["sort"]): ListPlace | null {
  if (cursor === undefined) return null;
  const place = placeSchema.safeParse(partsOf(cursor));
  const isMoment = sort === "name" || !Number.isNaN(Date.parse(place.data?.key ?? ""));
  if (!place.success || place.data.sort !== sort || !isMoment) throw new DomainError("invalid_input", { field: "cursor", reason: "is not a cursor of this list in this order" });
  return place.data;
}

function partsOf(cursor: string): unknown {
  try {
    const [sort, favorite, key, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    return { sort, favorite, key, id };
  } catch {
    return null;
  }
}
