// Facts of the platform: what happened, once, and what follows from it.
export { dispatchFacts } from "./dispatch-facts";
export { followRuns } from "./follow-runs";
export { type FactsRuntime, startFacts } from "./runtime";
export { sweepFacts } from "./sweep";
export { watchWorkers } from "./watch-workers";
