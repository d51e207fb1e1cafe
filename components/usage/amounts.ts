import type { Metric } from "@/server/usage/constants";

const GIBIBYTE = 1_024 ** 3;
const MEBIBYTE = 1_024 ** 2;
const KIBIBYTE = 1_024;
const HOUR_SECONDS = 3_600;

/** In which unit people say how much: its name, and how many of the metric's own unit it is. */
export const UNITS: Readonly<Record<Metric, { name: string; size: number }>> = {
  runs: { name: "runs", size: 1 },
  steps: { name: "steps", size: 1 },
  computeSeconds: { name: "hours", size: HOUR_SECONDS },
  llmTokens: { name: "tokens", size: 1 },
  llmCost: { name: "US dollars", size: 1 },
  storage: { name: "GB", size: GIBIBYTE },
};

const number = (value: number, digits = 0) => value.toLocaleString(undefined, { maximumFractionDigits: digits });

/** `12,345`, `1.5 h`, `$0.25`, `2 GB`. */
export function sayAmount(metric: Metric, amount: number): string {
  switch (metric) {
    case "llmCost":
      return `$${amount.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: amount > 0 && amount < 0.01 ? 4 : 2 })}`;
    case "storage":
      if (amount >= GIBIBYTE) return `${number(amount / GIBIBYTE, 2)} GB`;
      return amount >= MEBIBYTE ? `${number(amount / MEBIBYTE, 1)} MB` : `${number(amount / KIBIBYTE, amount === 0 ? 0 : 1)} KB`;
    case "computeSeconds":
      return amount >= HOUR_SECONDS ? `${number(amount / HOUR_SECONDS, 1)} h` : `${number(amount)} s`;
    default:
      return number(amount);
  }
}

/** `Nov 2026` of `2026-11`. */
export function sayMonth(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, { month: "short", year: "numeric", timeZone: "UTC" });
}
