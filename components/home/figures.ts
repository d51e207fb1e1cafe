import type { RunCounts } from "@/server/home/contract";

const whole = new Intl.NumberFormat("en");

export function formatCount(value: number, atLeast = false): string {
  return `${whole.format(value)}${atLeast ? "+" : ""}`;
}

/** Share of failed ones among the runs that succeeded or failed; null: there are none. */
export function failureRate({ succeeded, failed }: Pick<RunCounts, "succeeded" | "failed">): string | null {
  const ended = succeeded + failed;
  return ended === 0 ? null : formatShare(failed / ended);
}

/** Never rounds a failure away, nor the last success. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  if (percent > 99.9 && percent < 100) return "> 99.9 %";
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, "") : Math.round(Math.min(percent, percent === 100 ? 100 : 99))} %`;
}

export const CHARTED = ["succeeded", "failed", "cancelled", "unfinished"] as const;

export function totalOf(counts: RunCounts): number {
  return CHARTED.reduce((sum, status) => sum + counts[status], 0);
}

/** A round number not below the highest bar, so that the axis reads easily. */
export function niceCeiling(highest: number): number {
  if (highest <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((step) => step * power).find((ceiling) => ceiling >= highest)!;
}
