import type pg from "pg";
import type { z } from "zod";
import { ofChain, PLATFORM_CHAIN, recordAuditWith } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";
import { DomainError } from "@/server/errors/domain-error";
import { BlockedAddress } from "@/server/http/guard";
import { alertGuard, newSigningSecret } from "@/server/alerts/service";
import type { ChainOwner } from "./chain-owner";
import type { AuditKeeping, saveStreamInput, setAuditRetentionInput, StreamConfig, StreamView } from "./contract";
import { sendTest } from "./deliver";
import { openStreamSecrets, sealStreamSecrets, type SealedColumns, type StreamSecrets } from "./secrets";

const done = { ok: true as const };

interface StreamRow extends SealedColumns {
  id: string;
  organizationId: string | null;
  config: StreamConfig;
  enabled: boolean;
  deliveredSeq: string;
  deliveredAt: Date | null;
  error: string | null;
  failingSince: Date | null;
  dueAt: Date;
}

const COLUMNS = `id::text AS id, organization_id::text AS "organizationId", config, sealed, master_key_id AS "masterKeyId", enabled, delivered_seq AS "deliveredSeq",
  delivered_at AS "deliveredAt", error, failing_since AS "failingSince", due_at AS "dueAt"`;

async function findStream(client: pg.ClientBase | pg.Pool, { organizationId }: ChainOwner): Promise<StreamRow | null> {
  const { rows } = await client.query<StreamRow>(`SELECT ${COLUMNS} FROM audit_stream WHERE ${ofChain(organizationId, "$1")}`, [organizationId]);
  return rows[0] ?? null;
}

async function requireStream(client: pg.ClientBase | pg.Pool, owner: ChainOwner): Promise<StreamRow> {
  const row = await findStream(client, owner);
  if (row === null) throw new DomainError("not_found", { what: "stream" });
  return row;
}

interface Ends {
  seq: string;
  startSeq: string;
  keepDays: number | null;
}

const chainOf = ({ organizationId }: ChainOwner) => organizationId ?? PLATFORM_CHAIN;

/** Locked: retention does not come between. A chain without events has no row yet. */
async function lockChain(client: pg.ClientBase, owner: ChainOwner): Promise<Ends> {
  await client.query("INSERT INTO audit_chain (id, hash) VALUES ($1, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING", [chainOf(owner)]);
  const { rows } = await client.query<Ends>('SELECT seq, start_seq AS "startSeq", keep_days AS "keepDays" FROM audit_chain WHERE id = $1 FOR UPDATE', [chainOf(owner)]);
  return rows[0]!;
}

export async function viewKeeping(owner: ChainOwner): Promise<AuditKeeping> {
  const { rows } = await sharedPool().query<Ends>('SELECT seq, start_seq AS "startSeq", keep_days AS "keepDays" FROM audit_chain WHERE id = $1', [chainOf(owner)]);
  const ends = rows[0] ?? { seq: "0", startSeq: "0", keepDays: null };
  const row = await findStream(sharedPool(), owner);
  return { stream: row === null ? null : await viewStream(row, ends), keepDays: ends.keepDays, removed: Number(ends.startSeq) };
}

async function viewStream(row: StreamRow, ends: Ends): Promise<StreamView> {
  const { rows } = await sharedPool().query<{ at: Date }>(`SELECT at FROM audit_event WHERE ${ofChain(row.organizationId, "$1")} AND chain_seq > $2 ORDER BY chain_seq LIMIT 1`, [row.organizationId, row.deliveredSeq]);
  const { config, enabled, error } = row;
  return {
    config, enabled, error,
    hasHeaderValue: config.kind === "webhook" && config.header !== null && row.sealed !== null && openStreamSecrets(row.id, row).headerValue !== undefined,
    behind: Math.max(0, Number(ends.seq) - Number(row.deliveredSeq)),
    oldestAt: rows[0]?.at.toISOString() ?? null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
    dueAt: row.dueAt.toISOString(),
  };
}

const SAVE = `
INSERT INTO audit_stream (id, organization_id, kind, config, sealed, master_key_id, delivered_seq, created_by_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, config = excluded.config, sealed = excluded.sealed, master_key_id = excluded.master_key_id, delivered_seq = excluded.delivered_seq,
  attempts = 0, error = NULL, failing_since = NULL, due_at = date_trunc('milliseconds', clock_timestamp()), lease_epoch = audit_stream.lease_epoch + 1, lease_until = NULL, updated_at = now()`;

/** Where the chain goes to. Who is at it with what was said before loses its lease. */
export async function saveStream(owner: ChainOwner, input: z.output<typeof saveStreamInput>): Promise<{ signingSecret: string | null }> {
  const { config, from } = input;
  refuseForbidden(config);
  return inTransaction(sharedPool(), async (client) => {
    const ends = await lockChain(client, owner);
    const before = await findStream(client, owner);
    const id = before?.id ?? newId();
    const { secrets, made } = secretsOf(before, input);
    const { sealed, masterKeyId } = sealStreamSecrets(id, secrets);
    const start = from === "now" ? ends.seq : from === "beginning" || before === null ? ends.startSeq : before.deliveredSeq;
    await client.query(SAVE, [id, owner.organizationId, config.kind, JSON.stringify(config), sealed, masterKeyId, start, owner.userId]);
    await recordAuditWith(client, owner.source, {
      action: before === null ? "audit.stream_created" : "audit.stream_changed",
      resource: { type: "audit_stream", id, name: targetOf(config) },
      ...(before === null ? {} : { before: { target: targetOf(before.config), after: Number(before.deliveredSeq) } }),
      after: { target: targetOf(config), after: Number(start) },
    });
    return { signingSecret: made };
  });
}

/** What is not given anew stays, but never goes to another place than it was given for. */
function secretsOf(before: StreamRow | null, { config, signingSecret, headerValue }: z.output<typeof saveStreamInput>): { secrets: StreamSecrets; made: string | null } {
  if (config.kind === "syslog") return { secrets: {}, made: null };
  const old = before === null ? {} : openStreamSecrets(before.id, before);
  const isSamePlace = before?.config.kind === "webhook" && new URL(before.config.url).origin === new URL(config.url).origin && before.config.header === config.header;
  const keptValue = isSamePlace ? old.headerValue : undefined;
  if (config.header !== null && headerValue === undefined && keptValue === undefined) throw new DomainError("invalid_input", { field: "headerValue", reason: before === null ? "is needed for the header" : "is needed anew for another header or place" });
  const made = signingSecret === undefined && old.signingSecret === undefined ? newSigningSecret() : null;
  return { secrets: { signingSecret: signingSecret ?? old.signingSecret ?? made ?? undefined, headerValue: config.header === null ? undefined : (headerValue ?? keptValue) }, made };
}

/** For the audit log, which others read: an address often has a token among its parameters. */
export function targetOf(config: StreamConfig): string {
  return config.kind === "webhook" ? withoutParameters(config.url) : `syslog${config.tls ? " (TLS)" : ""} ${config.host}:${config.port}`;
}

function withoutParameters(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** At once for addresses that are numbers; names are judged each time something is sent, when they have been looked up. */
function refuseForbidden(config: StreamConfig): void {
  const field = config.kind === "webhook" ? "config.url" : "config.host";
  try {
    alertGuard().check(config.kind === "webhook" ? new URL(config.url).hostname : config.host);
  } catch (error) {
    if (error instanceof BlockedAddress) throw new DomainError("invalid_input", { field, reason: `names an address that ${error.message.replace(/^\S+ /, "")}` }, { cause: error });
    throw error;
  }
}

export async function enableStream(owner: ChainOwner, { enabled }: { enabled: boolean }) {
  await inTransaction(sharedPool(), async (client) => {
    const { id, config } = await requireStream(client, owner);
    await client.query("UPDATE audit_stream SET enabled = $2, attempts = 0, due_at = date_trunc('milliseconds', clock_timestamp()) WHERE id = $1", [id, enabled]);
    await recordAuditWith(client, owner.source, { action: enabled ? "audit.stream_resumed" : "audit.stream_paused", resource: { type: "audit_stream", id, name: targetOf(config) } });
  });
  return done;
}

export async function removeStream(owner: ChainOwner) {
  await inTransaction(sharedPool(), async (client) => {
    const { id, config, deliveredSeq } = await requireStream(client, owner);
    await client.query("DELETE FROM audit_stream WHERE id = $1", [id]);
    await recordAuditWith(client, owner.source, { action: "audit.stream_removed", resource: { type: "audit_stream", id, name: targetOf(config) }, before: { target: targetOf(config), after: Number(deliveredSeq) } });
  });
  return done;
}

export async function testStream(owner: ChainOwner): Promise<{ error: string | null }> {
  const row = await requireStream(sharedPool(), owner);
  const error = await sendTest(row, owner.source.actor.name).then(
    () => null,
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  );
  await recordAuditWith(sharedPool(), owner.source, { action: "audit.stream_tested", resource: { type: "audit_stream", id: row.id, name: targetOf(row.config) }, after: { error } });
  return { error };
}

export async function setAuditRetention(owner: ChainOwner, { keepDays }: z.output<typeof setAuditRetentionInput>) {
  await inTransaction(sharedPool(), async (client) => {
    const before = await lockChain(client, owner);
    await client.query("UPDATE audit_chain SET keep_days = $2 WHERE id = $1", [chainOf(owner), keepDays]);
    await recordAuditWith(client, owner.source, { action: "audit.retention_changed", resource: { type: "audit_chain", id: chainOf(owner) }, before: { keepDays: before.keepDays }, after: { keepDays } });
  });
  return done;
}
