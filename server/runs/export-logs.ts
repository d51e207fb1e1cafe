import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { downloadOf, openDownload, readFilter } from "@/server/downloads/service";
import { runLogsInput, type RunLogLine } from "./contract";
import { getLogs } from "./queries";

const LINES_PER_PORTION = 1_000;
const filterSchema = runLogsInput.omit({ cursor: true, limit: true });

/** `GET /api/export/logs?workspace=SLUG&runId=…&level=warn&text=…`: what was written until now, oldest first. Throws domain errors. */
export async function exportLogsResponse(request: Request): Promise<Response> {
  const { scope, params } = await openDownload(request, "run:read");
  const filter = readFilter(filterSchema, params);
  return downloadOf(exportLogs({ scope }, filter), { name: `run-${filter.runId}.log`, type: "text/plain" });
}

/** A portion at a time, each in a transaction of its own. */
async function* exportLogs(context: { scope: Scope }, filter: z.output<typeof filterSchema>): AsyncGenerator<string> {
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await getLogs(context, { ...filter, cursor, limit: LINES_PER_PORTION });
    yield items.map(lineOf).join("");
    // Of a run that goes on the end is where it is now.
    if (nextCursor === null || items.length < LINES_PER_PORTION) return;
    cursor = nextCursor;
  }
}

function lineOf({ at, level, path, message, fields }: RunLogLine): string {
  return `${at} ${level.toUpperCase().padEnd(5)} ${path} ${message}${fields === null ? "" : ` ${JSON.stringify(fields)}`}\n`;
}
