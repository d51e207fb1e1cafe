import { downloadOf, openDownload, readFilter } from "@/server/downloads/service";
import { runFilterSchema } from "./contract";
import { exportRuns } from "./export-runs";

/** `GET /api/export/runs?workspace=SLUG&status=failed…`: the filter's names are those of the list. Throws domain errors. */
export async function exportRunsResponse(request: Request): Promise<Response> {
  const { scope, params } = await openDownload(request, "run:read");
  const portions = exportRuns({ scope }, readFilter(runFilterSchema, params));
  return downloadOf(portions, { name: `runs-${new Date().toISOString().slice(0, 10)}.csv`, type: "text/csv" });
}
