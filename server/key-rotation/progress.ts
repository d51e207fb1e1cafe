import { sharedPool } from "@/server/db/client";
import { SEALED_PLACES } from "./sealed-places";

export interface Progress {
  /** Since when the present key seals; null: nothing was sealed yet. */
  since: Date | null;
  /** Values that are still sealed with an earlier key. */
  left: number;
}

const LEFT = SEALED_PLACES.map(({ table, dataKey }) => `(SELECT count(*) FROM ${table} t WHERE t.${dataKey} = k.id)`).join(" + ");

/** Null: of all workspaces. */
export async function readProgress(workspaceId: string | null): Promise<Progress> {
  const { rows } = await sharedPool().query<Progress>(
    `SELECT max(created_at) FILTER (WHERE retired_at IS NULL) AS since, coalesce(sum(CASE WHEN retired_at IS NOT NULL THEN ${LEFT} END), 0)::int AS left
    FROM data_key k WHERE $1::uuid IS NULL OR workspace_id = $1`,
    [workspaceId],
  );
  return rows[0]!;
}
