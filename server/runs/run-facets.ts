import { patternOf, splitLabel, statusesOf, type RunFilter } from "./run-conditions";

/** Durations are sorted into powers of two; the longest that can be asked for is below the last. */
const DURATION_BUCKETS = 47;

/** How a search row says what its run is; the index statement (`facts/follow-runs.ts`) writes the same words. */
export function wantedFacets(filter: RunFilter): string[][] {
  const { workflowId, versionId, mode, trigger, startedById, labels = [] } = filter;
  const one = (letter: string, value: string | undefined) => (value === undefined ? [] : [[`${letter}:${value}`]]);
  const ended = statusesOf(filter)?.ended;
  return [
    ...one("w", workflowId),
    ...one("v", versionId),
    ...one("m", mode),
    ...one("p", startedById),
    ...(trigger === undefined || trigger.length === 0 ? [] : [trigger.map((kind) => `t:${kind}`)]),
    ...(ended === undefined ? [] : [ended.map((status) => `s:${status}`)]),
    ...labels.map((label) => [`l:${splitLabel(label).name}=${splitLabel(label).value}`]),
    ...durationFacets(filter),
  ];
}

function durationFacets({ minDurationMs, maxDurationMs }: RunFilter): string[][] {
  if (minDurationMs === undefined && maxDurationMs === undefined) return [];
  const bucketOf = (milliseconds: number) => Math.floor(Math.log2(Math.max(1, milliseconds)));
  // One more on either side: the database rounds logarithms in its own way.
  const first = Math.max(0, bucketOf(minDurationMs ?? 1) - 1);
  const last = Math.min(DURATION_BUCKETS, maxDurationMs === undefined ? DURATION_BUCKETS : bucketOf(maxDurationMs) + 1);
  return [Array.from({ length: Math.max(0, last - first) + 1 }, (_, index) => `d:${first + index}`)];
}

/** Whether search rows can narrow the list at all. */
export function isNarrowed(filter: RunFilter): boolean {
  return wantedFacets(filter).length > 0 || patternOf(filter) !== null;
}
