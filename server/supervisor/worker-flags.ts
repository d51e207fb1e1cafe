/**
 * For Node, of a worker process. Values of runs and steps live for milliseconds: with a larger young generation (3 × 32 MB at most; V8 has 16) most
 * of them are gone before they would be copied. `package.json` says the same for `start:worker`.
 */
export const WORKER_FLAGS: readonly string[] = ["--max-semi-space-size=32"];
