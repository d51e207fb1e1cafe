import type { Prisma, UsageMonth } from "@/prisma/generated/client";
import type { MonthUsage } from "./contract";

export const MONTH_LENGTH = "2026-11".length;
const MS_PER_SECOND = 1_000;

/** The first day of this month and of the ones before it, by UTC; the newest first. */
export function lastMonths(count: number, now = new Date()): Date[] {
  return Array.from({ length: count }, (_, back) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)));
}

export const nameOfMonth = (month: Date) => month.toISOString().slice(0, MONTH_LENGTH);

type Counts = Pick<UsageMonth, "month" | "runs" | "steps" | "computeMs" | "inputTokens" | "outputTokens" | "storageBytes"> & { cost: Prisma.Decimal | number };

export function toMonthUsage({ month, runs, steps, computeMs, inputTokens, outputTokens, cost, storageBytes }: Counts): MonthUsage {
  return {
    month: nameOfMonth(month),
    runs: Number(runs), steps: Number(steps), computeSeconds: Math.round(Number(computeMs) / MS_PER_SECOND),
    inputTokens: Number(inputTokens), outputTokens: Number(outputTokens), llmCost: Number(cost), storage: Number(storageBytes),
  };
}

/** Every month of the span, those without a row as nothing. */
export function fillMonths(rows: readonly Counts[], count: number): MonthUsage[] {
  const byMonth = new Map(rows.map((row) => [nameOfMonth(row.month), toMonthUsage(row)]));
  return lastMonths(count).map((month) => byMonth.get(nameOfMonth(month)) ?? toMonthUsage({ month, runs: 0n, steps: 0n, computeMs: 0n, inputTokens: 0n, outputTokens: 0n, cost: 0, storageBytes: 0n }));
}
