import { fc } from "@/server/testing/property-runs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeMember, makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import { listRunsInput, runChartInput } from "./contract";
import { followRuns } from "@/server/facts/service";
import { searched } from "./find-runs";
import * as service from "./service";

/** More than a list walks through one by one, so that search rows have to find the older ones. */
const RUNS = 9_000;
const DAY = 86_400_000;
const FIRST = Date.UTC(2026, 5, 1);

interface Made {
  id: string;
  at: number;
  workflowId: string;
  versionId: string;
  mode: "production" | "test";
  status: string;
  trigger: string;
  startedById: string | null;
  durationMs: number | null;
  label: string | null;
  input: string;
}

let scope: Scope;
let stranger: Scope;
let runs: Made[];
let flows: { workflowId: string; versionId: string }[];
let people: string[];

beforeAll(async () => {
  scope = await makeScope("owner");
  stranger = await makeScope("owner");
  people = [scope.userId!, (await makeMember(scope.workspaceId, "operator")).id];
  flows = [];
  for (const name of ["One", "Two", "Three"]) {
    const { id: workflowId } = await workflows.createWorkflow({ scope }, { name, description: "" });
    flows.push({ workflowId, versionId: (await workflows.publish({ scope }, { workflowId, note: "" })).id });
  }
  runs = Array.from({ length: RUNS }, (_, n) => make(n)).reverse();
  await insert(scope.workspaceId, runs);
  await followRuns();
  // Two that no search row knows yet.
  const late = [make(10, "late"), make(20, "late")];
  await insert(scope.workspaceId, late);
  runs = [...runs, ...late].sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
});
afterAll(closeConnections);

/** Old runs and new ones differ in what they are, so that walking from the newest is not enough. */
function make(n: number, word = "order"): Made {
  const flow = flows[n < 3_000 ? n % 3 : n % 2]!;
  const status = n % 900 === 7 ? "cancelled" : n % 40 === 0 ? "failed" : n % 1_500 === 3 ? "waiting" : "succeeded";
  return {
    id: newId(), ...flow, status,
    at: FIRST + Math.floor(n * ((90 * DAY) / RUNS)),
    mode: n % 700 === 1 ? "test" : "production",
    trigger: n % 1_100 === 0 ? "cli" : n % 2 === 0 ? "api" : "manual",
    startedById: n % 600 === 5 ? people[1]! : n % 2 === 0 ? null : people[0]!,
    durationMs: status === "waiting" ? null : n % 800 === 0 ? 3_600_000 + n : 100 + (n % 400),
    label: n % 500 === 0 ? "ops" : n % 3 === 0 ? "sales" : null,
    input: JSON.stringify({ [word]: `ORD-${n}_100%`, city: n % 250 === 0 ? "Zürich" : "Bern" }),
  };
}

async function insert(workspaceId: string, made: Made[]): Promise<void> {
  const of = <Key extends keyof Made>(key: Key) => made.map((run) => run[key]);
  await sharedPool().query(
    `with given as (
      select * from unnest($2::uuid[], $3::float8[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::float8[], $11::text[], $12::text[])
        as g(id, at, workflow_id, version_id, mode, status, kind, person, ms, label, input)),
    made as (
      insert into run (id, workspace_id, workflow_id, version_id, mode, status, input, output, error, trigger_kind, started_by_id, labels, root_run_id, created_at, started_at, finished_at)
      select id, $1, workflow_id, version_id, mode, case when status = 'waiting' then 'queued' else status end, input::json, '{"done":true}',
        case when status = 'failed' then '{"code":"http_error","message":"the server answered 500"}'::json end, kind, person,
        case when label is null then '{}'::jsonb else jsonb_build_object('team', label) end, id, to_timestamp(at / 1000), to_timestamp(at / 1000),
        case when ms is not null then to_timestamp((at + ms) / 1000) end from given returning id, status),
    noted as (insert into run_change (run_id, workspace_id) select id, $1 from made)
    insert into run_queue (run_id, workspace_id, state, rank) select id, $1, 'waiting', 0 from made where status = 'queued'`,
    [workspaceId, of("id"), of("at"), of("workflowId"), of("versionId"), of("mode"), of("status"), of("trigger"), of("startedById"), of("durationMs"), of("label"), of("input")],
  );
}

type Filter = Omit<Parameters<typeof listRunsInput.parse>[0] & object, "cursor">;
type Given = Partial<{ workflowId: string; versionId: string; status: string[]; mode: string; trigger: string[]; startedById: string; from: string; to: string; minDurationMs: number; maxDurationMs: number; labels: string[]; text: string }>;

function fits(run: Made, filter: Given): boolean {
  const { status, trigger, minDurationMs, maxDurationMs, labels, text, from, to } = filter;
  const content = `${run.input}\n{"done":true}\n${run.status === "failed" ? '{"code":"http_error","message":"the server answered 500"}' : ""}`.toLowerCase();
  return (
    (filter.workflowId === undefined || run.workflowId === filter.workflowId) &&
    (filter.versionId === undefined || run.versionId === filter.versionId) &&
    (filter.mode === undefined || run.mode === filter.mode) &&
    (filter.startedById === undefined || run.startedById === filter.startedById) &&
    (status === undefined || status.length === 0 || status.includes(run.status)) &&
    (trigger === undefined || trigger.length === 0 || trigger.includes(run.trigger)) &&
    (minDurationMs === undefined || (run.durationMs !== null && run.durationMs >= minDurationMs)) &&
    (maxDurationMs === undefined || (run.durationMs !== null && run.durationMs <= maxDurationMs)) &&
    (labels ?? []).every((label) => label === `team=${run.label}`) &&
    (text === undefined || content.includes(text.toLowerCase()) || run.id === text) &&
    (from === undefined || run.at >= Date.parse(from)) &&
    (to === undefined || run.at < Date.parse(to))
  );
}

async function pagesOf(filter: Given, limit: number, pages: number): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined, page = 0; page < pages; page++) {
    const { items, nextCursor } = await service.listRuns({ scope }, listRunsInput.parse({ ...filter, limit, cursor }));
    found.push(...items.map(({ id }) => id));
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return found;
}

const expected = (filter: Given) => runs.filter((run) => fits(run, filter)).map(({ id }) => id);

describe("the list of runs", () => {
  it.each<[string, () => Given]>([
    ["workflow", () => ({ workflowId: flows[2]!.workflowId })],
    ["version", () => ({ versionId: flows[2]!.versionId })],
    ["failed and cancelled", () => ({ status: ["failed", "cancelled"] })],
    ["cancelled", () => ({ status: ["cancelled"] })],
    ["waiting", () => ({ status: ["waiting"] })],
    ["ended and live", () => ({ status: ["cancelled", "waiting"] })],
    ["trigger", () => ({ trigger: ["cli"] })],
    ["mode", () => ({ mode: "test" })],
    ["person", () => ({ startedById: people[1]! })],
    ["range", () => ({ from: new Date(FIRST + 10 * DAY).toISOString(), to: new Date(FIRST + 12 * DAY).toISOString() })],
    ["long", () => ({ minDurationMs: 60_000 })],
    ["between durations", () => ({ minDurationMs: 480, maxDurationMs: 3_000_000, trigger: ["cli", "manual"] })],
    ["short", () => ({ maxDurationMs: 300, startedById: people[0]!, labels: ["team=sales"] })],
    ["label", () => ({ labels: ["team=ops"] })],
    ["text of an input", () => ({ text: "zürich" })],
    ["text with signs of patterns", () => ({ text: "ORD-77_100%" })],
    ["text of an error", () => ({ text: "answered 500" })],
    ["text not indexed yet", () => ({ text: '"late":"ORD-1' })],
    ["nothing", () => ({ text: "no such text", workflowId: flows[0]!.workflowId })],
    ["an old workflow's failed runs", () => ({ workflowId: flows[2]!.workflowId, status: ["failed"], trigger: ["api"] })],
    ["old ones within a range", () => ({ mode: "test", from: new Date(FIRST + 5 * DAY).toISOString(), to: new Date(FIRST + 40 * DAY).toISOString() })],
  ])("filters by %s", async (_, filterOf) => {
    const filter = filterOf();
    const limit = 50;
    const wanted = expected(filter);
    expect(await pagesOf(filter, limit, Math.ceil(wanted.length / limit) + 1)).toEqual(wanted);
  });

  it("finds a run by its id", async () => {
    expect(await pagesOf({ text: runs[8_000]!.id }, 10, 2)).toEqual([runs[8_000]!.id]);
  });

  it("gives for any filter what looking at every run gives, page by page", async () => {
    const maybe = <Value>(values: readonly Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 3 });
    const days = fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined, freq: 2 });
    const filters = fc.record({
      flow: maybe([0, 1, 2]), status: maybe([["failed"], ["succeeded"], ["cancelled", "waiting"], ["failed", "cancelled"]]), mode: maybe(["test", "production"]),
      trigger: maybe([["cli"], ["api", "cli"]]), person: maybe([0, 1]), labels: maybe([["team=ops"], ["team=sales"]]), text: maybe(["zürich", "ORD-88", "bern"]),
      minDurationMs: maybe([200, 4_000_000 - 400_000]), maxDurationMs: maybe([300]), fromDay: days, toDay: days,
    });
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 5, max: 60 }), async ({ flow, person, fromDay, toDay, ...rest }, limit) => {
        const moment = (day: number | undefined) => (day === undefined ? undefined : new Date(FIRST + day * DAY).toISOString());
        const all = { ...rest, workflowId: flow === undefined ? undefined : flows[flow]!.workflowId, startedById: person === undefined ? undefined : people[person], from: moment(fromDay), to: moment(toDay) };
        const filter = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Given;
        expect(await pagesOf(filter, limit, 3)).toEqual(expected(filter).slice(0, 3 * limit));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it("shows nobody what other workspaces have", async () => {
    await followRuns();
    for (const filter of [{ text: "zürich" }, { labels: ["team=ops"] }, { workflowId: flows[0]!.workflowId }, { text: runs[0]!.id }] satisfies Filter[]) {
      expect(await service.listRuns({ scope: stranger }, listRunsInput.parse(filter))).toEqual({ items: [], nextCursor: null, searchedTo: null });
    }
  });

  it("refuses what cannot be looked for", () => {
    for (const filter of [{ text: "a-b" }, { labels: ["team"] }, { minDurationMs: -1 }]) expect(listRunsInput.safeParse(filter).success).toBe(false);
  });

  it("goes on from where it stopped when texts have no index", async () => {
    await sharedPool().query("alter index run_search_content_idx rename to set_aside_idx");
    try {
      // All of these runs are fewer than one question looks through.
      expect(await pagesOf({ text: "zürich" }, 50, 5)).toEqual(expected({ text: "zürich" }));
    } finally {
      await sharedPool().query("alter index set_aside_idx rename to run_search_content_idx");
    }
  });
});

describe("the chart of runs", () => {
  it.each<[string, Given]>([["all", {}], ["failed ones", { status: ["failed"] }], ["text", { text: "zürich" }], ["waiting ones", { status: ["waiting"] }]])("counts %s", async (_, filter) => {
    const range = { from: new Date(FIRST).toISOString(), to: new Date(FIRST + 91 * DAY).toISOString() };
    const chart = await service.chartRuns({ scope }, runChartInput.parse({ ...filter, ...range }));
    const counts = new Map<string, number>();
    for (const bucket of chart.buckets) for (const [status, count] of Object.entries(bucket.counts)) counts.set(status, (counts.get(status) ?? 0) + count);
    const wanted = new Map<string, number>();
    for (const run of runs) if (fits(run, filter)) wanted.set(run.status, (wanted.get(run.status) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(wanted));
    expect(chart.coveredFrom).toBeNull();
    expect(chart.buckets.length).toBeLessThanOrEqual(61);
  });
});

describe("what the filters offer", () => {
  it("is what there is", async () => {
    expect(await service.filterOptions({ scope })).toMatchObject({ labels: ["team=ops", "team=sales"], triggers: expect.arrayContaining(["api", "manual"]) as string[] });
  });
});

describe("text", () => {
  it("is found in long values, whatever its case in whatever alphabet, by the newest runs and by search rows", async () => {
    const owner = await makeScope("owner");
    const { id: workflowId } = await workflows.createWorkflow({ scope: owner }, { name: "Long", description: "" });
    const versionId = (await workflows.publish({ scope: owner }, { workflowId, note: "" })).id;
    const lines = Array.from({ length: 700 }, (_, n) => ({ line: `LINE-${n}`, filler: "filler ".repeat(5) }));
    const long = { ...make(1), workflowId, versionId, id: newId(), input: JSON.stringify({ first: "Straße ÖLMÜHLE", lines, last: "Zürich-ÄGÄIS" }) };
    const short = { ...make(2), workflowId, versionId, id: newId(), input: JSON.stringify({ first: "öLmühle" }) };
    expect(long.input.length).toBeGreaterThan(30_000);
    await insert(owner.workspaceId, [long, short]);
    const walked = async (text: string) => (await service.listRuns({ scope: owner }, listRunsInput.parse({ text }))).items.map(({ id }) => id).sort();
    const indexed = async (text: string) => (await owner.db.transaction((tx) => searched(tx, { text }, undefined, 10))).map(({ id }) => id).sort();
    expect(await indexed("LINE-650")).toEqual([]);
    await followRuns();
    for (const find of [walked, indexed]) {
      expect([await find("line-650"), await find("zürich-ägäis"), await find("LINE-9999")]).toEqual([[long.id], [long.id], []]);
      expect([await find("ölmühle"), await find("ÖLMÜHLE")]).toEqual(Array.from({ length: 2 }, () => [long.id, short.id].sort()));
    }
  });
});
