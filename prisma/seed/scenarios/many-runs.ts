import { rawDb } from "@/server/db/client";
import type { Scenario } from "../scenario";

const RUNS = 5_000;

export const manyRuns: Scenario = {
  summary: `${RUNS} finished runs of the examples over the last thirty days`,
  async make(scope) {
    const { workspaceId } = scope;
    const first = await rawDb().run.count({ where: { workspaceId } });
    await rawDb().$executeRaw`
      with published as (
        select id, published_version_id as version_id, row_number() over (order by id) - 1 as place, count(*) over () as total
        from workflow where workspace_id = ${workspaceId}::uuid and published_version_id is not null and deleted_at is null
      ),
      numbered as (
        select n, created_at, case when n % 17 = 0 then 'failed' when n % 41 = 0 then 'cancelled' else 'succeeded' end as status,
          -- As newId() makes them: milliseconds first, then the version and what makes it unique.
          (lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0') || '7' || left(unique_part, 3) || '8' || right(unique_part, 15))::uuid as id
        from generate_series(1, ${RUNS}) n, lateral (select now() - make_interval(secs => n * 518.4) as created_at, md5(${workspaceId} || ' ' || (${first} + n)) as unique_part) made
      ),
      created as (
      insert into run (id, workspace_id, workflow_id, version_id, mode, status, input, output, error, trigger_kind, root_run_id, created_at, started_at, finished_at)
      select r.id, ${workspaceId}::uuid, p.id, p.version_id, 'production', r.status, json_build_object('number', r.n),
        case when r.status = 'succeeded' then json_build_object('number', r.n) end,
        case when r.status = 'failed' then json_build_object('code', 'http_status', 'message', 'the server answered with status 503', 'nodeId', 'load', 'path', 'load') end,
        case when r.n % 3 = 0 then 'api' else 'manual' end, r.id, r.created_at, r.created_at + interval '2 ms', r.created_at + make_interval(secs => 0.05 + r.n % 90)
      from numbered r join published p on p.place = r.n % p.total
      returning id, workspace_id)
      insert into run_change (run_id, workspace_id) select id, workspace_id from created`;
    return `/${scope.workspace.slug}/runs`;
  },
};
