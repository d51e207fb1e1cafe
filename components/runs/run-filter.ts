import { RUN_MODES, RUN_STATUSES, SEARCHED_AS_WRITTEN, SEARCHED_CHARACTERS } from "@/server/runs/constants";

export type RunStatus = (typeof RUN_STATUSES)[number];

export const RANGES = [
  { value: "hour", label: "Last hour", milliseconds: 3_600_000 },
  { value: "day", label: "Last 24 hours", milliseconds: 86_400_000 },
  { value: "week", label: "Last 7 days", milliseconds: 7 * 86_400_000 },
  { value: "month", label: "Last 30 days", milliseconds: 30 * 86_400_000 },
] as const;

export interface RunFilter {
  workflowId: string | undefined;
  status: RunStatus[];
  mode: (typeof RUN_MODES)[number] | undefined;
  trigger: string[];
  /** Name of a range that ends now, or `custom`. */
  range: string | undefined;
  from: string | undefined;
  to: string | undefined;
  versionId: string | undefined;
  startedById: string | undefined;
  environmentId: string | undefined;
  /** Only runs that this one began. */
  parentRunId: string | undefined;
  minDurationMs: number | undefined;
  maxDurationMs: number | undefined;
  /** `name=value` */
  labels: string[];
  text: string;
}

/** Names in the address that belong to the filter. */
export const FILTER_PARAMS = ["workflow", "status", "mode", "trigger", "range", "from", "to", "version", "person", "environment", "parent", "longer", "shorter", "label", "q"] as const;

/** As the server's: what an index of texts can go by. */
const SEARCHABLE = /[\p{L}\p{N}]{3}/u;

export const SEARCHED_TEXT = `Of each input, output and error the first ${SEARCHED_CHARACTERS.toLocaleString("en")} characters are searched, behind the first ${SEARCHED_AS_WRITTEN.toLocaleString("en")} word by word; outputs and errors that are kept apart for their size (in the blob store) are not.`;

/** Why a text cannot be looked for; null: it can. */
export function textProblem(text: string): string | null {
  return text.trim() === "" || SEARCHABLE.test(text) ? null : "Three letters or digits in a row are needed to search.";
}

/** ISO 8601 with a zone. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The filter that an address asks for. What cannot be read is left out. */
export function readRunFilter(params: URLSearchParams): RunFilter {
  const moment = (name: string) => {
    const value = params.get(name);
    return value !== null && MOMENT.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
  };
  const uuid = (name: string) => {
    const value = params.get(name);
    return value !== null && UUID.test(value) ? value : undefined;
  };
  const milliseconds = (name: string) => {
    const value = Number(params.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  const from = moment("from");
  const to = moment("to");
  const range = RANGES.find(({ value }) => value === params.get("range"))?.value;
  return {
    workflowId: uuid("workflow"),
    status: params.getAll("status").flatMap((entry) => RUN_STATUSES.find((status) => status === entry) ?? []),
    mode: RUN_MODES.find((mode) => mode === params.get("mode")),
    trigger: params.getAll("trigger").filter((entry) => entry !== "" && entry.length <= 50),
    range: from !== undefined || to !== undefined ? "custom" : range,
    from,
    to,
    versionId: uuid("version"),
    startedById: uuid("person"),
    environmentId: uuid("environment"),
    parentRunId: uuid("parent"),
    minDurationMs: milliseconds("longer"),
    maxDurationMs: milliseconds("shorter"),
    labels: params.getAll("label").filter((entry) => /^[^=]{1,100}=/.test(entry)),
    text: (params.get("q") ?? "").slice(0, 200),
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
    versionId: filter.versionId,
    startedById: filter.startedById,
    parentRunId: filter.parentRunId,
    environment: filter.environmentId === undefined ? undefined : [filter.environmentId],
    minDurationMs: filter.minDurationMs,
    maxDurationMs: filter.maxDurationMs,
    labels: filter.labels.length > 0 ? filter.labels : undefined,
    text: filter.text.trim() !== "" && textProblem(filter.text) === null ? filter.text.trim() : undefined,
  };
}

export function isFiltered(filter: RunFilter): boolean {
  const { workflowId, parentRunId, status, mode, trigger, range, text } = filter;
  return workflowId !== undefined || parentRunId !== undefined || mode !== undefined || range !== undefined || status.length > 0 || trigger.length > 0 || text !== "" || countOfMore(filter) > 0;
}

/** Filters in use that stand behind "More". */
export function countOfMore({ versionId, startedById, environmentId, minDurationMs, maxDurationMs, labels }: RunFilter): number {
  return [versionId, startedById, environmentId, minDurationMs, maxDurationMs].filter((value) => value !== undefined).length + labels.length;
}

/** The part of an address that the filter is, in one order: what a saved view keeps. */
export function filterQuery(params: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const name of FILTER_PARAMS) for (const value of params.getAll(name)) kept.append(name, value);
  return kept.toString();
}

/** Address of the export of the same runs. */
export function exportAddress(workspace: string, input: ReturnType<typeof toListInput>): string {
  const query = new URLSearchParams({ workspace });
  for (const [name, value] of Object.entries(input)) for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) query.append(name, String(one));
  return `/api/export/runs?${query.toString()}`;
}
