// What the authorization layer costs: the list of runs and the page of a run as a signed-in member asks for them (roles and permission looked
// up, filters put in, row-level security on), beside the same queries by the owner of the tables, whom nothing holds. Who it is that asks (the
// session) is looked up by both.
// First with one workspace of 100 members, then with 1,000 of them.
import { PrismaPg } from "@prisma/adapter-pg";
import { Installation } from "@/bench/millrace/installation";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { percentile } from "@/bench/millrace/rounds";
import { lookUp, makeTenants } from "@/bench/millrace/tenants";
import { atMost, type Figure } from "@/bench/workload";
import { PrismaClient } from "@/prisma/generated/client";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { createSession, findAnySession } from "@/server/auth/session";
import { createPool } from "@/server/db/client";
import { statementName } from "@/server/db/planned";
import type { Tx } from "@/server/db/scoped";
import { definitionSchema } from "@/server/engine/definition";
import { contextFor } from "@/server/trpc/context";
import { createCaller } from "@/server/trpc/root";

const MEMBERS = 100;
const RUNS = 200;
const WORKSPACES = 1_000;
const LOOKS = 600;
const WARM_UP = 60;
const AIM_PERCENT = 10;

const origin = { ip: "127.0.0.1", userAgent: null, requestId: "bench" };

/** A workspace with nobody in the way: for the same procedures, over the connections of the owner of the tables. */
async function openBare(workspace: number): Promise<{ scope: Scope; close(): Promise<void> }> {
  const { userId, workspaceId, slug } = await lookUp(workspace, 1);
  const scope = await openUserScope(userId, { slug }, origin);
  // Queries name the workspace by this setting.
  const pool = createPool({ max: 2, onConnect: (client) => client.query(`SELECT set_config('app.workspace_id', '${workspaceId}', false)`) });
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementName }) });
  const db = { transaction: <Result>(work: (tx: Tx) => Promise<Result>) => client.$transaction(work) };
  const bare: Scope = new Proxy(scope, { get: (target, name) => (name === "db" ? db : name === "for" ? () => bare : (Reflect.get(target, name, target) as unknown)) });
  return { scope: bare, close: async () => { await client.$disconnect(); await pool.end(); } };
}

interface Pages {
  list: number;
  run: number;
}

const median = (values: readonly number[]) => percentile(values, 0.5);

async function timed(task: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await task();
  return performance.now() - begun;
}

/** Medians in milliseconds. Both ways are taken in turn, so that whatever else the machine does falls on both. */
async function measure(workspace: number): Promise<{ bare: Pages; whole: Pages }> {
  const { userId, slug, runId } = await lookUp(workspace, 10);
  const token = await createSession(userId);
  const bare = await openBare(workspace);
  const context = () => contextFor((named) => findAnySession(token, named), slug, origin);
  const whole = () => createCaller(context());
  const open = () => createCaller({ ...context(), openScope: () => findAnySession(token).then(() => bare.scope) });
  const ways = {
    bareList: () => open().runs.list({}),
    wholeList: () => whole().runs.list({}),
    bareRun: () => open().runs.get({ runId }),
    wholeRun: () => whole().runs.get({ runId }),
  };
  const times: Record<keyof typeof ways, number[]> = { bareList: [], wholeList: [], bareRun: [], wholeRun: [] };
  for (let n = -WARM_UP; n < LOOKS; n++) {
    for (const [name, way] of Object.entries(ways) as [keyof typeof ways, () => Promise<unknown>][]) {
      const took = await timed(way);
      if (n >= 0) times[name].push(took);
    }
  }
  await bare.close();
  return { bare: { list: median(times.bareList), run: median(times.bareRun) }, whole: { list: median(times.wholeList), run: median(times.wholeRun) } };
}

const installation = await Installation.open();
const definition = definitionSchema.parse(chainOfSteps(3));
await makeTenants({ from: 1, to: 1, members: MEMBERS, runs: RUNS }, definition);
const alone = await measure(1);
await makeTenants({ from: 2, to: WORKSPACES, members: MEMBERS, runs: RUNS }, definition);
const among = await measure(WORKSPACES / 2);

const figures: Figure[] = [];
const figure = (measure: string, value: number, unit: string, aim?: number) => figures.push({ workload: "authorization", measure, value, unit, ...(aim === undefined ? {} : { aim: atMost(value, aim, unit) }) });
for (const [page, name] of [["list", "list of runs"], ["run", "page of a run"]] as const) {
  figure(`${name}, 1,000 workspaces of 100 members, median`, among.whole[page], "ms");
  figure(`${name}, the same without authorization and row-level security, median`, among.bare[page], "ms");
  figure(`${name}, added by them`, (among.whole[page] / among.bare[page] - 1) * 100, "%", AIM_PERCENT);
  figure(`${name}, the same without, 1,000 workspaces to one`, among.bare[page] / alone.bare[page], "×");
  figure(`${name}, 1,000 workspaces to one`, among.whole[page] / alone.whole[page], "×", 1.15);
}
await installation.finish(figures);
