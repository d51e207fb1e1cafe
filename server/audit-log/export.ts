import { stringify } from "csv-stringify/sync";
import type { Scope } from "@/server/auth/scope";
import { downloadOf, openDownload, readFilter } from "@/server/downloads/service";
import { exportAuditInput, type AuditEventView, type AuditFilter } from "./contract";
import { listAuditEvents } from "./list";

const EVENTS_PER_PORTION = 1_000;

const COLUMNS: Readonly<Record<string, (event: AuditEventView) => string | number | null>> = {
  id: (event) => event.id,
  at: (event) => event.at,
  actor_type: (event) => event.actor.type,
  actor_id: (event) => event.actor.id,
  actor_name: (event) => event.actor.name,
  action: (event) => event.action,
  resource_type: (event) => event.resource?.type ?? null,
  resource_id: (event) => event.resource?.id ?? null,
  resource_name: (event) => event.resource?.name ?? null,
  before: (event) => (event.before === null ? null : JSON.stringify(event.before)),
  after: (event) => (event.after === null ? null : JSON.stringify(event.after)),
  ip: (event) => event.ip,
  user_agent: (event) => event.userAgent,
  request_id: (event) => event.requestId,
  chain_seq: (event) => event.chainSeq,
};

const FORMATS = {
  csv: {
    type: "text/csv",
    header: () => stringify([Object.keys(COLUMNS)]),
    // Spreadsheets must not take a text for a formula.
    portion: (events: readonly AuditEventView[]) => stringify(events.map((event) => Object.values(COLUMNS).map((read) => read(event))), { escape_formulas: true }),
  },
  jsonl: {
    type: "application/jsonl",
    header: () => "",
    portion: (events: readonly AuditEventView[]) => events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  },
} as const;

/** `GET /api/export/audit?workspace=SLUG&format=jsonl&action=workflow…`: the filter's names are those of the list. Throws domain errors. */
export async function exportAuditResponse(request: Request): Promise<Response> {
  const { scope, params } = await openDownload(request, "audit:read");
  const { format, ...filter } = readFilter(exportAuditInput, params);
  const name = `audit-${new Date().toISOString().slice(0, 10)}.${format}`;
  return downloadOf(exportEvents(scope, filter, format), { name, type: FORMATS[format].type });
}

async function* exportEvents(scope: Scope, filter: AuditFilter, format: keyof typeof FORMATS): AsyncGenerator<string> {
  yield FORMATS[format].header();
  for (let cursor: string | undefined; ; ) {
    const page = await listAuditEvents({ scope }, { ...filter, cursor, limit: EVENTS_PER_PORTION });
    if (page.items.length > 0) yield FORMATS[format].portion(page.items);
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
