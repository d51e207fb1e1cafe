import type { DragEvent } from "react";

/** What a drag carries, by a type of its own so that other drags (files, text) are told apart before they are dropped. */
const TYPES = { workflows: "application/x-millrace-workflows", folder: "application/x-millrace-folder" } as const;
type Dragged = keyof typeof TYPES;

export function beginDrag(event: DragEvent, what: Dragged, ids: readonly string[]): void {
  event.dataTransfer.setData(TYPES[what], JSON.stringify(ids));
  event.dataTransfer.effectAllowed = "move";
}

export function carries(event: DragEvent, what: Dragged): boolean {
  return event.dataTransfer.types.includes(TYPES[what]);
}

export function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer.types.includes("Files");
}

export function dropped(event: DragEvent, what: Dragged): string[] {
  try {
    const ids: unknown = JSON.parse(event.dataTransfer.getData(TYPES[what]));
    return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}
