import type { CanvasMarks } from "./marks";

export interface EdgeItems {
  /** What the step before gave, by the port that it took. */
  given: number | null;
  /** What the loop behind goes through. */
  taken: number | null;
}

interface Ends {
  id: string;
  source: string;
  target: string;
  port: string;
}

/** What is known of the items that went over an edge; null: nothing, or it was not taken. */
export function itemsOnEdge({ id, source, target, port }: Ends, { marks, edgesTaken }: Pick<CanvasMarks, "marks" | "edgesTaken">): EdgeItems | null {
  const from = marks.get(source);
  if (edgesTaken?.get(id) === false || from?.port !== port) return null;
  const [given, taken] = [from.items ?? null, marks.get(target)?.takes ?? null];
  return given === null && taken === null ? null : { given, taken };
}

/** As short as an edge has room for. */
export function itemsText({ given, taken }: EdgeItems): string {
  if (given === null || taken === null || given === taken) return countOf(given ?? taken ?? 0);
  return `${countOf(given)}, ${taken.toLocaleString()} taken`;
}

function countOf(items: number): string {
  return items === 1 ? "1 item" : `${items.toLocaleString()} items`;
}
