import type { GivenFile } from "@/server/engine/ports";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids of the blobs that a stored text needs: that of the payload itself, and those of files within it. */
export function blobIdsIn(text: string): string[] {
  if (!text.includes('"$file"') && !text.startsWith('{"$blob"')) return [];
  const ids = new Set<string>();
  const open: unknown[] = [JSON.parse(text)];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    for (const [key, part] of Object.entries(value)) {
      const id: unknown = key === "$blob" ? part : key === "$file" ? (part as { id?: unknown } | null)?.id : undefined;
      if (typeof id === "string" && UUID.test(id)) ids.add(id);
      open.push(part);
    }
  }
  return [...ids];
}

/** The files that the texts name, given by those among `givers` that have them: to name a file is not to have it. */
export function filesGiven(givers: readonly string[] | "checked", ...texts: readonly string[]): GivenFile[] {
  const ids = [...new Set(texts.flatMap(blobIdsIn))];
  return givers === "checked" ? ids.map((id) => ({ id, from: null })) : ids.flatMap((id) => givers.map((from) => ({ id, from })));
}
