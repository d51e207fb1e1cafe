// The runs list, as the page asks for it, in a workspace with a million runs: newest, by workflow, by status, deep pages;
// and the figures of the home page over a day, a week and a month of them.
import { chainOfSteps } from "@/bench/millrace/definitions";
import { Installation, type PublishedWorkflow } from "@/bench/millrace/installation";
import { percentile } from "@/bench/millrace/rounds";
import { tidy } from "@/bench/millrace/queue-filling";
import { atMost, type Figure } from "@/bench/workload";
import { openSystemScope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import { healthOf, spanOf } from "@/server/home/health";
import { findHealth } from "@/server/home/queries";
import { listRunsInput, runChartInput } from "@/server/runs/contract";
import { listRuns } from "@/server/runs/queries";
import { chartRuns } from "@/server/runs/run-chart";
import { followRuns } from "@/server/facts/service";

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

const person = newId();
await installation.pool.query("INSERT INTO user_account (id, email) VALUES ($1, $2)", [person, `${person}@example.com`]);

// Over a year, most of them successful, one in fifty failed; the ids of the newest ones last, as UUIDv7 are.
await installation.pool.query(
  `WITH made AS (
    INSERT INTO run (id, workspace_id, workflow_id, version_id, mode, status, input, output, error, trigger_kind, started_by_id, labels, root_run_id, created_at, started_at, finished_at)
    SELECT id, $2, ($3::uuid[])[1 + n % $5], ($4::uuid[])[1 + n % $5], CASE WHEN n % 20011 = 0 THEN 'test' ELSE 'production' END,
      CASE WHEN n % 50 = 0 THEN 'failed' WHEN n % 9973 = 0 THEN 'cancelled' ELSE 'succeeded' END,
      json_build_object('orderId', 'ORD-' || n, 'city', CASE WHEN n % 10007 = 0 THEN 'Reykjavik' ELSE 'Bern' END),
      CASE WHEN n % 50 <> 0 THEN '{"n":4}'::json END, CASE WHEN n % 50 = 0 THEN '{"code":"http_error","message":"the server answered 500","path":"step2"}'::json END,
      CASE WHEN n % 30011 = 0 THEN 'cli' WHEN n % 3 = 0 THEN 'api' ELSE 'manual' END, CASE WHEN n % 15013 = 0 THEN $7::uuid END,
      CASE WHEN n % 8009 = 0 THEN '{"team":"ops"}'::jsonb ELSE '{"team":"sales"}'::jsonb END, id, at, at,
      at + CASE WHEN n % 12007 = 0 THEN interval '2 hours' ELSE interval '2 seconds' END
    FROM (SELECT n, ($1 || lpad(to_hex(n), 12, '0'))::uuid AS id, now() - ($6 - n) * interval '31 seconds' AS at FROM generate_series(1, $6::int) AS n) AS numbers
    RETURNING id)
  INSERT INTO run_change (run_id, workspace_id) SELECT id, $2 FROM made`,
  [newId().slice(0, 24), installation.workspaceId, workflows.map(({ id }) => id), workflows.map(({ versionId }) => versionId), WORKFLOWS, RUNS, person],
);
const begunIndexing = performance.now();
while ((await followRuns()) > 0);
const indexedPerSecond = Math.round(RUNS / ((performance.now() - begunIndexing) / 1_000));
await tidy("run", "run_change", "run_search");

const scope = await openSystemScope(installation.workspaceId);
type Filter = Parameters<typeof listRunsInput.parse>[0];

async function p95(filterOf: (n: number) => Filter): Promise<number> {
  const times: number[] = [];
  for (let n = -5; n < LOOKS; n++) {
    const filter = listRunsInput.parse(filterOf(n));
    const begun = performance.now();
    const { items } = await listRuns({ scope }, filter);
    if (items.length === 0 && filter.text !== "no such text") throw new Error(`no runs for ${JSON.stringify(filter)}`);
    if (n >= 0) times.push(performance.now() - begun);
  }
  return percentile(times, 0.95);
}

const { nextCursor } = await listRuns({ scope }, listRunsInput.parse({ to: new Date(Date.now() - 200 * 86_400_000).toISOString() }));
if (nextCursor === null) throw new Error("there is no deeper page");
const figures: Figure[] = [{ workload: "list-runs", measure: "search rows written", value: indexedPerSecond, unit: "runs/s" }];
const monthsBack = (months: number) => new Date(Date.now() - months * 30 * 86_400_000).toISOString();
const looks: Record<string, (n: number) => Filter> = {
  newest: () => ({}),
  "of one workflow": (n) => ({ workflowId: workflows[(n + WORKFLOWS) % WORKFLOWS]!.id }),
  "failed ones": () => ({ status: ["failed"] }),
  "failed ones of one workflow": (n) => ({ status: ["failed"], workflowId: workflows[n % 2 === 0 ? 0 : 10]!.id }),
  "a page half a year back": () => ({ cursor: nextCursor }),
  "cancelled ones": () => ({ status: ["cancelled"] }),
  "of a version": (n) => ({ versionId: workflows[(n + WORKFLOWS) % WORKFLOWS]!.versionId }),
  "of a rare trigger": () => ({ trigger: ["cli"] }),
  "test runs": () => ({ mode: "test" }),
  "of a person": () => ({ startedById: person }),
  "longer than an hour": () => ({ minDurationMs: 3_600_000 }),
  "by label": () => ({ labels: ["team=ops"] }),
  "by label, failed, half a year ago": () => ({ labels: ["team=sales"], status: ["failed"], from: monthsBack(7), to: monthsBack(6) }),
  "by the id within an input": (n) => ({ text: `ORD-${1_000 + ((n + 50) * 6_007) % 900_000}` }),
  "by a rare word": () => ({ text: "Reykjavik" }),
  "by the text of an error": () => ({ text: "answered 500" }),
  "by a text that is nowhere": () => ({ text: "no such text" }),
  "by text, workflow and status": (n) => ({ text: "http_error", status: ["failed"], workflowId: workflows[n % 2 === 0 ? 0 : 10]!.id }),
  "test runs by label and trigger": () => ({ mode: "test", labels: ["team=sales"], trigger: ["api", "manual"] }),
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
    const rows = await scope.db.transaction((tx) => findHealth(tx, { workspaceId: installation.workspaceId, from, partMilliseconds, isHeld: false }));
    if (healthOf(rows, window, Date.now()).counts.succeeded === 0) throw new Error(`no runs in a ${window}`);
    if (n >= 0) times.push(performance.now() - begun);
  }
  const aim = HEALTH_AIMS_MS[window];
  const value = percentile(times, 0.95);
  figures.push({ workload: "list-runs", measure: `health of a ${window}, p95`, value, unit: "ms", aim: atMost(value, aim, "ms") });
}
const charts: Record<string, Filter> = { "30 days": {}, "a year": { from: monthsBack(12) }, "failed, a year": { from: monthsBack(12), status: ["failed"] } };
for (const [what, filter] of Object.entries(charts)) {
  const begun = performance.now();
  await chartRuns({ scope }, runChartInput.parse(filter));
  figures.push({ workload: "list-runs", measure: `chart of ${what}`, value: performance.now() - begun, unit: "ms" });
}
await installation.finish(figures);
