import { environmentNameSchema } from "@/server/environments/contract";
import { env } from "@/server/env";
import { triggerKind } from "@/server/triggers/kinds";
import { mailDomain } from "@/server/triggers/mail-domain";
import { type EventWait, type LeftoverView, pausePolicySchema, type TriggerDetail, type TriggerEventView, type TriggerSummary } from "./contract";
import { addressPathOf, ROUTE_PREFIX, TRIED_MARK } from "./kinds/route/path";
import { routeConfig } from "./kinds/route/spec";
import type { EventRow, TriggerRow } from "./queries";

export function toSummary(row: TriggerRow, held: number): TriggerSummary {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    workflow: row.workflow,
    environment: row.environment === null ? null : { ...row.environment, color: environmentNameSchema.shape.color.parse(row.environment.color) },
    nodeId: row.nodeId,
    declared: row.declared,
    mode: row.mode as TriggerSummary["mode"],
    pause: row.pausedUntil !== null && row.pausedUntil.getTime() > Date.now() ? { until: row.pausedUntil.toISOString(), policy: pausePolicySchema.parse(row.pausePolicy) } : null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
    error: row.error as TriggerSummary["error"],
    health: healthOf(row),
    counts: { received: Number(row.receivedCount), started: Number(row.startedCount), failed: Number(row.failedCount), held },
    lastFiredAt: row.lastFiredAt?.toISOString() ?? null,
    nextFireAt: row.nextFireAt?.toISOString() ?? null,
    captureUntil: row.captureUntil !== null && row.captureUntil.getTime() > Date.now() ? row.captureUntil.toISOString() : null,
  };
}

/** Kinds that share a server have no listener of their own that could say how it is. */
function healthOf({ kind, health }: TriggerRow): TriggerSummary["health"] {
  if (triggerKind(kind)?.address !== "mail") return health as TriggerSummary["health"];
  return env.MAIL_LISTEN === undefined ? { state: "off", message: "This installation receives no mail: MAIL_LISTEN is not set." } : null;
}

export function toDetail(row: TriggerRow, held: number, { url, inputSchema, leftovers = [] }: { url: string | null; inputSchema: unknown; leftovers?: LeftoverView[] }): TriggerDetail {
  const { filter, mapping, defaultInput, pool, priority, runAs, retry, handlers } = row;
  const settings = Object.fromEntries(Object.entries({ filter, mapping, defaultInput, pool, priority, runAs, retry, handlers }).filter(([, value]) => value !== null));
  return {
    ...toSummary(row, held),
    config: row.config as Record<string, unknown>,
    settings,
    versionNumber: row.version?.number ?? null,
    runAs: row.runAs,
    url,
    refusals: refusalsOf(row.refusals),
    leftovers,
    inputSchema,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function refusalsOf(stored: TriggerRow["refusals"]): TriggerDetail["refusals"] {
  const refusals = Object.entries((stored ?? {}) as Record<string, { count: number; lastAt: string }>).map(([reason, { count, lastAt }]) => ({ reason, count, lastAt }));
  return refusals.sort((one, other) => other.count - one.count);
}

const base = () => env.MILLRACE_URL.replace(/\/$/, "");

export function addressOf(kind: string, token: string): string {
  return triggerKind(kind)?.address === "mail" ? `${token}@${mailDomain()}` : `${base()}/api/hooks/${token}`;
}

/** With the parameters of its path as they are named. */
export function routeAddressOf(workspaceSlug: string, { kind, config }: Pick<TriggerRow, "kind" | "config">): string | null {
  const parsed = kind === "route" ? routeConfig.safeParse(config) : null;
  return parsed?.success === true ? `${base()}${addressPathOf(workspaceSlug, parsed.data)}` : null;
}

/** Where a route of a draft is tried. */
export function triedRouteAddressOf(token: string, { config }: Pick<TriggerRow, "config">): string {
  const { path } = routeConfig.parse(config);
  return `${base()}${ROUTE_PREFIX}/${TRIED_MARK}${token}${path === "/" ? "" : path}`;
}

export function toEventView(row: EventRow, { runs, waits }: { runs: ReadonlyMap<string, string>; waits: EventWait | null }): TriggerEventView {
  const status = runs.get(row.runId);
  return {
    id: row.id,
    triggerId: row.triggerId,
    origin: row.origin as TriggerEventView["origin"],
    status: row.status as TriggerEventView["status"],
    error: row.error as TriggerEventView["error"],
    waits,
    attempts: row.attempts,
    contentType: row.contentType,
    bodySize: row.bodySize,
    sealed: row.dataKeyId !== null,
    meta: row.meta as Record<string, unknown>,
    run: status === undefined ? null : { id: row.runId, status },
    receivedAt: row.receivedAt.toISOString(),
    processedAt: row.processedAt?.toISOString() ?? null,
  };
}
