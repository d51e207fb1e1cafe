import { METRIC_LABELS, type Metric } from "./constants";
import type { JudgedQuota } from "./judge";

const GIBIBYTE = 1_024 ** 3;
const MEBIBYTE = 1_024 ** 2;
const HOUR_SECONDS = 3_600;

export interface Told {
  event: "quotaWarning" | "quotaReached";
  severity: "warning" | "error";
  title: string;
  text: string;
}

/** What people have to hear of a quota, which they have not heard for this month; null: nothing. */
export function toldOf(quota: Omit<JudgedQuota, "id">): Told | null {
  const { metric, amount, used, warnPercent, isHard, workspaceId, month, warnedFor, reachedFor } = quota;
  const what = `${METRIC_LABELS[metric]} of the ${workspaceId === null ? "organization" : "workspace"}`;
  const numbers = `${formatAmount(metric, used)} of ${formatAmount(metric, amount)}${metric === "storage" ? "" : " this month"}.`;
  if (used >= amount) {
    if (reachedFor === month) return null;
    const follows = isHard ? " New runs are refused, and events are held, until there is room." : " Nothing is stopped.";
    return { event: "quotaReached", severity: isHard ? "error" : "warning", title: `${what}: the quota is used up`, text: `${numbers}${follows}` };
  }
  if (used < (amount * warnPercent) / 100 || warnedFor === month) return null;
  return { event: "quotaWarning", severity: "warning", title: `${what}: ${Math.floor((used / amount) * 100)} % of the quota is used`, text: `${numbers}${isHard ? " When it is used up, nothing new starts." : ""}` };
}

export function formatAmount(metric: Metric, amount: number): string {
  const number = (value: number, digits: number) => value.toLocaleString("en", { maximumFractionDigits: digits });
  switch (metric) {
    case "llmCost":
      return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
    case "storage":
      return amount >= GIBIBYTE ? `${number(amount / GIBIBYTE, 2)} GB` : `${number(amount / MEBIBYTE, 1)} MB`;
    case "computeSeconds":
      return amount >= HOUR_SECONDS ? `${number(amount / HOUR_SECONDS, 1)} hours` : `${number(amount, 0)} seconds`;
    default:
      return number(amount, 0);
  }
}
