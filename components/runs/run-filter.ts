import { momentSchema } from "@/server/paging/contract";
import { runModeSchema, runStatusSchema } from "@/server/runs/contract";
import type { z } from "zod";

export type RunStatus = z.output<typeof runStatusSchema>;

export const RANGES = [
  { value: "hour", label: "Last hour", milliseconds: 3_600_000 },
  { value: "day", label: "Last 24 hours", milliseconds: 86_400_000 },
  { value: "week", label: "Last 7 days", milliseconds: 7 * 86_400_000 },
  { value: "month", label: "Last 30 days", milliseconds: 30 * 86_400_000 },
] as const;

export interface RunFilter {
  workflowId: string | undefined;
  status: RunStatus[];
  mode: z.output<typeof runModeSchema> | undefined;
  trigger: string[];
  /** Name of a range that ends now, or `custom`. */
  range: string | undefined;
  from: string | undefined;
  to: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The filter that an address asks for. What cannot be read is left out. */
export function readRunFilter(params: URLSearchParams): RunFilter {
  const moment = (name: string) => momentSchema.safeParse(params.get(name)).data;
  const workflow = params.get("workflow");
  const from = moment("from");
  const to = moment("to");
  const range = RANGES.find(({ value }) => value === params.get("range"))?.value;
  return {
    workflowId: workflow !== null && UUID.test(workflow) ? workflow : undefined,
    status: params.getAll("status").flatMap((entry) => runStatusSchema.safeParse(entry).data ?? []),
    mode: runModeSchema.safeParse(params.get("mode")).data,
    trigger: params.getAll("trigger").filter((entry) => entry !== "" && entry.length <= 50),
    range: from !== undefined || to !== undefined ? "custom" : range,
    from,
    to,
  };
}

/** What the server is asked for. A range counts back from `now`. */
export function toListInput(filter: RunFilter, now: number) {
  const range = RANGES.find(({ value }) => value === filter.range);
  return {
    workflowId: filter.workflowId,
    status: filter.status.length > 0 ? filter.status : undefined,
    mode: filter.mode,
    trigger: filter.trigger.length > 0 ? filter.trigger : undefined,
    from: range === undefined ? filter.from : new Date(now - range.milliseconds).toISOString(),
    to: range === undefined ? filter.to : undefined,
  };
}

export function isFiltered(filter: RunFilter): boolean {
  const { workflowId, status, mode, trigger, range } = filter;
  return workflowId !== undefined || mode !== undefined || range !== undefined || status.length > 0 || trigger.length > 0;
}
