import type { HealthWindow } from "@/server/home/contract";

export const WINDOWS: readonly { value: HealthWindow; label: string; words: string }[] = [
  { value: "hour", label: "Last hour", words: "in the last hour" },
  { value: "day", label: "Last 24 hours", words: "in the last 24 hours" },
  { value: "week", label: "Last 7 days", words: "in the last 7 days" },
  { value: "month", label: "Last 30 days", words: "in the last 30 days" },
];

/** The window that an address asks for; a day unless it says otherwise. */
export function readWindow(text: string | null): HealthWindow {
  return WINDOWS.find(({ value }) => value === text)?.value ?? "day";
}

export function wordsOf(window: HealthWindow): string {
  return WINDOWS.find(({ value }) => value === window)?.words ?? "";
}

type RunsFilter = Partial<Record<"workflow" | "status" | "range" | "from" | "to" | "mode" | "longer", string | readonly string[]>>;

/** Address of the runs list with a filter: what a figure counts is what its list shows. */
export function runsPath(filter: RunsFilter): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) for (const one of typeof value === "string" ? [value] : value) params.append(name, one);
  const query = params.toString();
  return query === "" ? "/runs" : `/runs?${query}`;
}
