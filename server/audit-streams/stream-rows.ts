import { storableText } from "@/server/expressions/storable";
import { sharedPool } from "@/server/db/client";
import type { StreamConfig } from "./contract";
import type { SealedColumns } from "./secrets";

/** A process that is silent for so long loses the stream to another. Longer than a batch may take. */
const LEASE_SECONDS = 90;
/** How soon a stream that has delivered everything looks again. */
const REST_SECONDS = 3;
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 1_800;
const MAX_ERROR_CHARACTERS = 500;

export interface TakenStream extends SealedColumns {
  id: string;
  organizationId: string | null;
  config: StreamConfig;
  deliveredSeq: string;
  epoch: number;
}

const TAKE = `
UPDATE audit_stream SET lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
WHERE id = (
  SELECT id FROM audit_stream WHERE enabled AND due_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id::text AS id, organization_id::text AS "organizationId", config, sealed, master_key_id AS "masterKeyId", delivered_seq AS "deliveredSeq", lease_epoch AS epoch`;

const ADVANCE = `
UPDATE audit_stream SET delivered_seq = $3, delivered_at = clock_timestamp(), attempts = 0, error = NULL, failing_since = NULL,
  lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
WHERE id = $1 AND lease_epoch = $2 AND enabled`;

const REST = `
UPDATE audit_stream SET lease_until = NULL, due_at = clock_timestamp() + make_interval(secs => ${REST_SECONDS}) WHERE id = $1 AND lease_epoch = $2`;

const FAIL = `
UPDATE audit_stream SET lease_until = NULL, attempts = attempts + 1, error = $3, failing_since = coalesce(failing_since, clock_timestamp()),
  due_at = clock_timestamp() + make_interval(secs => least(${LONGEST_PAUSE_SECONDS}, ${FIRST_PAUSE_SECONDS} * power(2, least(attempts, 20))))
WHERE id = $1 AND lease_epoch = $2`;

/** The stream that has waited longest for its turn, held by this process until it is given back. */
export async function takeStream(): Promise<TakenStream | null> {
  const { rows } = await sharedPool().query<TakenStream>({ name: "audit-stream-take", text: TAKE, values: [] });
  return rows[0] ?? null;
}

/** False: it is another process's now, or was switched off or changed. */
export async function advance({ id, epoch }: TakenStream, deliveredSeq: string): Promise<boolean> {
  const { rowCount } = await sharedPool().query(ADVANCE, [id, epoch, deliveredSeq]);
  return rowCount === 1;
}

export async function rest({ id, epoch }: TakenStream): Promise<void> {
  await sharedPool().query(REST, [id, epoch]);
}

export async function fail({ id, epoch }: TakenStream, error: unknown): Promise<void> {
  const message = storableText(error instanceof Error ? error.message : String(error));
  await sharedPool().query(FAIL, [id, epoch, message.slice(0, MAX_ERROR_CHARACTERS)]);
}
