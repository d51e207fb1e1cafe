import { stringify } from "csv-stringify/sync";
import type { AuditSource } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import { downloadOf, openDownload, openOrganizationDownload, openPlatformDownload, readFilter } from "@/server/downloads/service";
import { exportAuditInput, type AuditEventView, type AuditFilter } from "./contract";
import { listAuditEvents, listOrganizationAuditEvents, listPlatformAuditEvents } from "./list";

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

type Page = Awaited<ReturnType<typeof listAuditEvents>>;
type Read = (input: AuditFilter & { cursor?: string; limit: number }) => Promise<Page>;

/**
 * `GET /api/export/audit?workspace=SLUG&format=jsonl&action=workflow…`: the filter's names are those of the list. `of=organization`: what
 * belongs to no workspace; `of=installation`: what belongs to no organization, for platform administrators. Throws domain errors.
 */
export async function exportAuditResponse(request: Request): Promise<Response> {
  const { read, params, of, by } = await open(request);
  const { format, ...filter } = readFilter(exportAuditInput, params);
  await recordAudit(rawDb(), by, { action: "audit.exported", after: { format, ...filter } });
  const name = `${of}-${new Date().toISOString().slice(0, 10)}.${format}`;
  return downloadOf(exportEvents(read, filter, format), { name, type: FORMATS[format].type });
}

async function open(request: Request): Promise<{ read: Read; params: URLSearchParams; of: string; by: AuditSource }> {
  switch (new URL(request.url).searchParams.get("of")) {
    case "installation": {
      const { platform, params } = await openPlatformDownload(request);
      return { read: listPlatformAuditEvents, params, of: "audit-installation", by: platform };
    }
    case "organization": {
      const { organization, params } = await openOrganizationDownload(request, "audit:read");
      return { read: (input) => listOrganizationAuditEvents({ organization }, input), params, of: "audit-organization", by: organization };
    }
    default: {
      const { scope, params } = await openDownload(request, "audit:read");
      return { read: (input) => listAuditEvents({ scope }, input), params, of: "audit", by: scope };
    }
  }
}

async function* exportEvents(read: Read, filter: AuditFilter, format: keyof typeof FORMATS): AsyncGenerator<string> {
  yield FORMATS[format].header();
  for (let cursor: string | undefined; ; ) {
    const page = await read({ ...filter, cursor, limit: EVENTS_PER_PORTION });
    if (page.items.length > 0) yield FORMATS[format].portion(page.items);
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
