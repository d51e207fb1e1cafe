import { pathShown } from "@/server/auth/request-line";
import { requestIdOf } from "@/server/auth/request-origin";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { reportUnexpected } from "./report";

/** A page that failed, under its request's id and the reference (digest) that the page shows. */
export function reportPageError(error: unknown, { path, method, headers }: { path: string; method: string; headers: NodeJS.Dict<string | string[]> }): void {
  if (isDatabaseUnavailable(error)) return;
  const given = headers["x-request-id"];
  const digest = error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
  reportUnexpected(error, `${method} ${pathShown(path)}`, { requestId: requestIdOf(Array.isArray(given) ? null : given), digest });
}
