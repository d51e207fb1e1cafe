import { stringify } from "yaml";
import type { CarriedBlock } from "@/server/modules/service";
import type { FILE_FORMATS } from "./contract";

/** A workflow as it stands in a file. The definition has a key of its own, so that nothing in it can be taken for something about it. */
export interface FileEntry {
  name: string;
  slug: string;
  description: string;
  folder: string[];
  tags: string[];
  definition: Record<string, unknown>;
}

/** One after the other as YAML documents; as JSON one object, or a list of them. Blocks come last. */
export function printEntries(entries: readonly FileEntry[], blocks: readonly CarriedBlock[], format: (typeof FILE_FORMATS)[number]): string {
  const workflows = entries.map(({ folder, tags, ...entry }) => ({
    millrace: 1,
    name: entry.name,
    slug: entry.slug,
    ...(entry.description === "" ? {} : { description: entry.description }),
    ...(folder.length === 0 ? {} : { folder }),
    ...(tags.length === 0 ? {} : { tags }),
    definition: entry.definition,
  }));
  const carried = blocks.map(({ slug, version, name, description, definition }) => ({ millrace: 1, block: slug, version, name, ...(description === "" ? {} : { description }), definition }));
  const documents = [...workflows, ...carried];
  if (format === "json") return `${JSON.stringify(documents.length === 1 ? documents[0] : documents, null, 2)}\n`;
  // Anchors are for people who write; a file that is read again needs none.
  return documents.map((document) => stringify(document, { aliasDuplicateObjects: false, lineWidth: 120 })).join("---\n");
}
