import { keptText } from "@/server/blobs/service";
import { newId } from "@/server/db/id";
import { queryAsTenant } from "@/server/db/tenant-query";
import { LLM_PROVIDERS, type LlmAdapterRow, type LlmProvider, type LlmRequestEntry } from "@/server/llm/adapter";
import { encodeValue } from "@/server/expressions/encoding";
import type { LlmServices } from "@/server/nodes/services";

interface AdapterRow {
  id: string;
  slug: string;
  provider: string;
  config: Record<string, unknown>;
  enabled: boolean;
}

// The nearest row decides: one that is disabled in the workspace hides a shared one.
const FIND = `
SELECT c.id, c.slug, c.provider, c.config, c.enabled FROM catalog_item c
JOIN workspace w ON w.id = $1
WHERE c.type = 'adapter' AND c.kind = 'llm' AND c.slug = $2 AND c.deleted_at IS NULL
  AND (c.workspace_id = w.id OR (c.workspace_id IS NULL AND (c.organization_id = w.organization_id OR c.organization_id IS NULL)))
ORDER BY c.workspace_id NULLS LAST, c.organization_id NULLS LAST LIMIT 1`;

const RECORD = `
INSERT INTO llm_request (id, workspace_id, run_id, path, attempt, catalog_item_id, provider, model, status, request, response, error,
  input_tokens, output_tokens, cost, started_at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, to_timestamp($16::float8 / 1000), to_timestamp($17::float8 / 1000)) ON CONFLICT (id) DO NOTHING`;

/** The catalog's adapters, and the log of what was asked of them. */
export const llmServices: LlmServices = {
  async findAdapter(workspaceId, name) {
    const { rows } = await queryAsTenant<AdapterRow>(workspaceId, { text: FIND, values: [workspaceId, name] });
    const [row] = rows;
    return row?.enabled !== true || !isProvider(row.provider) ? null : toAdapter(row, row.provider);
  },
  async recordRequest(entry: LlmRequestEntry, id = newId()) {
    const { request, response, error, usage } = entry;
    const kept = (value: unknown) => keptText(entry.workspaceId, entry.runId, encodeValue(value));
    const values = [
      id, entry.workspaceId, entry.runId, entry.path, entry.attempt, entry.adapterId, entry.provider, entry.model, entry.status,
      await kept(request), response == null ? null : await kept(response), error == null ? null : await kept(error),
      usage?.inputTokens ?? null, usage?.outputTokens ?? null, entry.cost, entry.startedAt, entry.finishedAt,
    ];
    await queryAsTenant(entry.workspaceId, { text: RECORD, values });
  },
};

function toAdapter({ id, slug, config }: AdapterRow, provider: LlmProvider): LlmAdapterRow {
  return { id, name: slug, provider, config };
}

function isProvider(text: string): text is LlmProvider {
  return (LLM_PROVIDERS as readonly string[]).includes(text);
}
