// The runs list, as the page asks for it, in a workspace with a million runs: newest, by workflow, by status, deep pages;
// and the figures of the home page over a day, a week and a month of them.
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation, type PublishedWorkflow } from "@/bench/millrace/installation";
import { percentile } from "@/bench/millrace/rounds";
import { atMost, type Figure } from "@/bench/workload";
import { openSystemScope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { healthOf, spanOf } from "@/server/home/health";
import { findHealth, RUNS_LOOKED_AT } from "@/server/home/queries";
import { listRunsInput } from "@/server/runs/contract";
import { listRuns } from "@/server/runs/queries";

const RUNS = 1_000_000;
const WORKFLOWS = 20;
const LOOKS = 150;
const AIM_MS = 50;
const HEALTH_LOOKS = 20;
/** A month holds some 84,000 of the runs; everybody who looks within 15 seconds shares one answer. */
const HEALTH_AIMS_MS = { day: 50, week: 150, month: 500 } as const;

const installation = await Installation.open();
const workflows: PublishedWorkflow[] = [];
for (let n = 1; n <= WORKFLOWS; n++) workflows.push(await installation.publish(`workflow-${n}`, chainOfSteps(3)));

// Over a year, most of them successful, one in fifty failed; the ids of the newest ones last, as UUIDv7 are.
await installation.pool.query(
  `INSERT INTO run (id, workspace_id, workflow_id, version_id, status, input, output, error, trigger_kind, root_run_id, created_at, started_at, finished_at)
  SELECT id, $2, ($3::uuid[])[1 + n % $5], ($4::uuid[])[1 + n % $5], CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'succeeded' END, '{"n":1}',
    CASE WHEN n % 50 <> 0 THEN '{"n":4}'::json END, CASE WHEN n % 50 = 0 THEN '{"code":"http_error","message":"the server answered 500","path":"step2"}'::json END,
    'manual', id, at, at, at + interval '2 seconds'
  FROM (SELECT n, ($1 || lpad(to_hex(n), 12, '0'))::uuid AS id, now() - ($6 - n) * interval '31 seconds' AS at FROM generate_series(1, $6::int) AS n) AS numbers`,
  [newId().slice(0, 24), installation.workspaceId, workflows.map(({ id }) => id), workflows.map(({ versionId }) => versionId), WORKFLOWS, RUNS],
);
await installation.pool.query("VACUUM ANALYZE run");

const scope = await openSystemScope(installation.workspaceId);
type Filter = Parameters<typeof listRunsInput.parse>[0];

async function p95(filterOf: (n: number) => Filter): Promise<number> {
  const times: number[] = [];
  for (let n = -5; n < LOOKS; n++) {
    const filter = listRunsInput.parse(filterOf(n));
    const begun = performance.now();
    const { items } = await listRuns({ scope }, filter);
    if (items.length === 0) throw new Error(`no runs for ${JSON.stringify(filter)}`);
    if (n >= 0) times.push(performance.now() - begun);
  }
  return percentile(times, 0.95);
}

const { nextCursor } = await listRuns({ scope }, listRunsInput.parse({ to: new Date(Date.now() - 200 * 86_400_000).toISOString() }));
if (nextCursor === null) throw new Error("there is no deeper page");
const figures: Figure[] = [];
const looks: Record<string, (n: number) => Filter> = {
  newest: () => ({}),
  "of one workflow": (n) => ({ workflowId: workflows[(n + WORKFLOWS) % WORKFLOWS]!.id }),
  "failed ones": () => ({ status: ["failed"] }),
  "failed ones of one workflow": (n) => ({ status: ["failed"], workflowId: workflows[n % 2 === 0 ? 0 : 10]!.id }),
  "a page half a year back": () => ({ cursor: nextCursor }),
};
for (const [what, filterOf] of Object.entries(looks)) {
  const value = await p95(filterOf);
  figures.push({ workload: "list-runs", measure: `${what}, p95`, value, unit: "ms", aim: atMost(value, AIM_MS, "ms") });
}
for (const window of ["day", "week", "month"] as const) {
  const times: number[] = [];
  for (let n = -3; n < HEALTH_LOOKS; n++) {
    const begun = performance.now();
    const { from, partMilliseconds } = spanOf(window, Date.now());
    const rows = await scope.db.transaction((tx) => findHealth(tx, installation.workspaceId, from, partMilliseconds));
    if (healthOf(rows, window, Date.now(), RUNS_LOOKED_AT).counts.succeeded === 0) throw new Error(`no runs in a ${window}`);
    if (n >= 0) times.push(performance.now() - begun);
  }
  const aim = HEALTH_AIMS_MS[window];
  const value = percentile(times, 0.95);
  figures.push({ workload: "list-runs", measure: `health of a ${window}, p95`, value, unit: "ms", aim: atMost(value, aim, "ms") });
}
await installation.finish(figures);
