import * as fc from "fast-check";

/** `PROPERTY_RUNS_FACTOR=20` makes a nightly run of it; `PROPERTY_SEED` repeats one. A failure prints seed and path. */
export const factor = Number(process.env.PROPERTY_RUNS_FACTOR ?? "1");
const given = process.env.PROPERTY_SEED;
/** Undefined: another one at each run. */
export const seed = given === undefined ? undefined : Number(given);

/** Of one test. */
export const PROPERTY_TIMEOUT_MS = 60_000 * Math.max(1, factor);

export function check<Values>(runs: number, property: fc.IProperty<Values>): void {
  fc.assert(property, { numRuns: Math.ceil(runs * factor), endOnFailure: false, ...(seed === undefined ? {} : { seed }) });
}
