import { queryAsTenant } from "@/server/db/tenant-query";
import type { StepCache } from "@/server/worker/ports";

const GET = "SELECT output::text AS output, port FROM step_cache WHERE workspace_id = $1 AND scope = $2 AND key = $3 AND expires_at > clock_timestamp()";

const PUT = `
INSERT INTO step_cache (workspace_id, scope, key, output, port, run_id, path, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp() + make_interval(secs => $8))
ON CONFLICT (workspace_id, scope, key) DO UPDATE SET output = excluded.output, port = excluded.port, run_id = excluded.run_id, path = excluded.path,
  created_at = excluded.created_at, expires_at = excluded.expires_at`;

export const stepCache: StepCache = {
  async get({ workspaceId, scope, key }) {
    const { rows } = await queryAsTenant<{ output: string; port: string }>(workspaceId, { text: GET, values: [workspaceId, scope, key] });
    return rows[0] ?? null;
  },
  async put({ workspaceId, scope, key }, { output, port, runId, path, ttlSeconds }) {
    await queryAsTenant(workspaceId, { text: PUT, values: [workspaceId, scope, key, output, port, runId, path, ttlSeconds] });
  },
};
