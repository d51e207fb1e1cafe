import { stringify } from "csv-stringify/sync";
import { downloadOf, openDownload, readFilter } from "@/server/downloads/service";
import { exportUsageInput, type MonthUsage } from "./contract";
import { monthsOf } from "./view";

const COLUMNS: readonly (keyof MonthUsage)[] = ["month", "runs", "steps", "computeSeconds", "inputTokens", "outputTokens", "llmCost", "storage"];

export function usageAsCsv(months: readonly MonthUsage[]): string {
  return stringify([["month", "runs", "steps", "compute_seconds", "llm_input_tokens", "llm_output_tokens", "llm_cost_usd", "storage_bytes"], ...months.map((month) => COLUMNS.map((name) => month[name]))]);
}

/** `GET /api/export/usage?workspace=SLUG&months=24`. Throws domain errors. */
export async function exportUsageResponse(request: Request): Promise<Response> {
  const { scope, params } = await openDownload(request, "settings:read");
  const { months } = readFilter(exportUsageInput, params);
  const rows = await monthsOf(scope, months);
  return downloadOf(once(usageAsCsv(rows)), { name: `usage-${scope.workspace.slug}.csv`, type: "text/csv" });
}

async function* once(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}
