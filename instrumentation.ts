import { noteDatabaseAway } from "@/server/db/away";
import { isDatabaseUnavailable } from "@/server/db/unavailable";

/** Runs once in each server process of the web framework, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startTracing } = await import("@/server/telemetry/tracing");
  const tracing = await startTracing("web");
  if (tracing !== null) {
    const { beforeExit } = await import("@/server/telemetry/before-exit");
    beforeExit(() => tracing.stop());
  }
  const { openMasterKeys } = await import("@/server/secrets/service");
  await openMasterKeys();
  const { startBulkJobs } = await import("@/server/bulk-jobs/service");
  const { reportUnexpected } = await import("@/server/rest/report");
  startBulkJobs((error) => reportUnexpected(error, "bulk jobs", { requestId: null }));
  const { watchFrontDoor } = await import("@/server/auth/front-door");
  // While developing, the framework reloads what changes.
  if (process.env.NODE_ENV === "development") return watchFrontDoor();
  const { ingressOf } = await import("@/server/ingress/front-door");
  watchFrontDoor(ingressOf);
}

/** What failed while a page was made, before its status goes out. */
export async function onRequestError(error: unknown, request: { path: string; method: string; headers: NodeJS.Dict<string | string[]> }): Promise<void> {
  if (isDatabaseUnavailable(error)) noteDatabaseAway();
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { reportPageError } = await import("@/server/rest/page-error");
  reportPageError(error, request);
}
