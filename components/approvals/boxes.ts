import type { RouterOutputs } from "@/components/data/trpc";
import type { WaitSummary } from "@/server/runs/contract";

export const BOXES = ["mine", "others", "answered"] as const;
export type Box = (typeof BOXES)[number];

export const BOX_LABELS: Readonly<Record<Box, string>> = { mine: "For me", others: "For others", answered: "Answered by me" };

export type MyAnswer = RouterOutputs["waits"]["answered"]["items"][number]["answer"];
/** What the list shows; with the person's own answer in the box of those. */
export type Entry = WaitSummary & { answer?: MyAnswer };

export function readBox(text: string | null): Box {
  return BOXES.find((box) => box === text) ?? "mine";
}

/** Id of the entry so many places further; the ends of the list are ends. */
export function neighbour(ids: readonly string[], current: string | null, step: 1 | -1): string | null {
  const at = current === null ? -1 : ids.indexOf(current);
  if (at === -1) return ids[0] ?? null;
  return ids[Math.min(Math.max(at + step, 0), ids.length - 1)] ?? null;
}
