/** What can be limited. Storage is what there is at any time, all else what is used in a month. */
export const METRICS = ["runs", "steps", "computeSeconds", "llmTokens", "llmCost", "storage"] as const;
export type Metric = (typeof METRICS)[number];

export const METRIC_LABELS: Readonly<Record<Metric, string>> = {
  runs: "Runs",
  steps: "Steps",
  computeSeconds: "Compute seconds",
  llmTokens: "LLM tokens",
  llmCost: "LLM cost",
  storage: "Storage",
};
export const MONTHS_SHOWN = 12;
