import * as fc from "fast-check";

const { PROPERTY_RUNS_FACTOR, PROPERTY_SEED } = process.env;
/** `PROPERTY_RUNS_FACTOR=20` makes a nightly run of it, with another seed each time; `PROPERTY_SEED` repeats one. A failure prints seed and path. */
export const factor = Number(PROPERTY_RUNS_FACTOR ?? "1");
/** Undefined: another one at each run. Without any of the two the same, so that a change is blamed for nothing that it did not do. */
export const seed = PROPERTY_SEED !== undefined ? Number(PROPERTY_SEED) : PROPERTY_RUNS_FACTOR === undefined ? 20260131 : undefined;

if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

/** Tests take it from here, for the seed. */
export { fc };

/** Of one test. */
export const PROPERTY_TIMEOUT_MS = 300_000 * Math.max(1, factor);

export function check<Values>(runs: number, property: fc.IProperty<Values>): void {
  fc.assert(property, { numRuns: Math.ceil(runs * factor), endOnFailure: false });
}
