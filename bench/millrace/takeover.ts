// A worker falls silent in the middle of a loop: how long after the end of its lease another one has the run's next step durable, by how much stands in
// the journal, with the snapshots that are kept while a run works and without.
import { Installation } from "@/bench/millrace/installation";
import { ROUNDS } from "@/bench/millrace/rounds";
import type { Figure } from "@/bench/workload";
import { env } from "@/server/env";
import type { RunWrite } from "@/server/engine/ports";
import { PgRunStore } from "@/server/queue/pg-run-store";

const JOURNALS = [10, 1_000, 10_000];
/** Of an item: its step's end, and its own. */
const RECORDS_PER_ITEM = 2;
/** More than one flush takes along. */
const ITEMS_LEFT = 500;
/** At the same time, of a long journal: one by one it would take long to write. */
const AT_ONCE = 50;
const LONG = 1_000;

/** As a worker that hangs sees it: from so many records on nothing comes back, and it renews nothing. */
class HungStore extends PgRunStore {
  #written = 0;
  #isHung = false;
  #giveUp: () => void = () => {};
  #hang: () => void = () => {};
  readonly hung = new Promise<void>((resolve) => (this.#hang = resolve));
  readonly #givenUp = new Promise<"lost">((resolve) => (this.#giveUp = () => resolve("lost")));

  constructor(
    private readonly records: number,
    ...options: ConstructorParameters<typeof PgRunStore>
  ) {
    super(...options);
  }

  override async flush(write: RunWrite): Promise<"ok" | "lost"> {
    if (this.#isHung) return this.#givenUp;
    const result = await super.flush(write);
    this.#written += write.events.length + write.steps.reduce((sum, { entry, end }) => sum + Number(entry !== null) + Number(end !== null), 0);
    if (this.#written >= this.records) {
      this.#isHung = true;
      this.#hang();
    }
    return result;
  }

  override heartbeat(): ReturnType<PgRunStore["heartbeat"]> {
    return Promise.resolve({ lost: [], unread: [], late: [] });
  }

  giveUp(): void {
    this.#giveUp();
  }
}

const installation = await Installation.open();
const loop = (name: string, config: object) =>
  installation.publish(name, {
    schema: 1,
    nodes: [
      { id: "loop", kind: "forEach", config: { items: "{{ Array.from({ length: input.items }, (_, index) => index) }}", ...config } },
      { id: "double", kind: "set", parent: { id: "loop", slot: "body" }, config: { values: { n: "{{ item * 2 }}" } } },
    ],
    edges: [],
  });
const oneByOne = await loop("one-by-one", {});
const several = await loop("several", { mode: "parallel", limit: AT_ONCE });
const other = installation.startWorker({ settings: { commitEachStep: true } });

const rowsOf = async <Row extends object>(text: string, runId: string): Promise<Row[]> => (await installation.pool.query<Row>(text, [runId])).rows;

/** The snapshot of what is durable may be on its way. */
async function untilKept(runId: string, expected: boolean): Promise<void> {
  while (expected && (await rowsOf("SELECT FROM run_snapshot WHERE run_id = $1", runId)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function takeover(records: number, snapshotEvery: number): Promise<number> {
  const store = new HungStore(records, { pool: installation.pool, leaseSeconds: env.LEASE_SECONDS });
  // With its one place taken it asks for nothing more; the other one hears of no run that is not its own.
  const pool = `hangs-${records}-${snapshotEvery}`;
  const worker = installation.startWorker({ store, slots: 1, pools: [pool], settings: { snapshotEvery, commitEachStep: true } });
  const run = { ...installation.newRun(records > LONG ? several : oneByOne, { items: records / RECORDS_PER_ITEM + ITEMS_LEFT }), pool };
  await store.enqueue([run]);
  await store.hung;
  await untilKept(run.id, records > snapshotEvery * 2);
  const next = installation.store.written(run.id);
  await installation.pool.query("UPDATE run_queue SET pool = 'default', lease_until = clock_timestamp() - interval '1 millisecond' WHERE run_id = $1", [run.id]);
  const begun = performance.now();
  await installation.store.promote();
  await next;
  const tookMs = performance.now() - begun;
  // Nobody's any more: what is left of it is not measured.
  await installation.pool.query("DELETE FROM run_queue WHERE run_id = $1", [run.id]);
  store.giveUp();
  await worker.stop();
  await store.close();
  return tookMs;
}

async function shortestOf(records: number, snapshotEvery: number): Promise<number> {
  let shortest = Infinity;
  for (let round = 0; round < ROUNDS; round++) shortest = Math.min(shortest, await takeover(records, snapshotEvery));
  return shortest;
}

// Neither the first statement of its kind nor code that runs for the first time.
await takeover(100, Infinity);
const figures: Figure[] = [];
for (const records of JOURNALS) {
  for (const [name, every] of [["with snapshots", 1_000], ["without", Infinity]] as const) {
    const measure = `from the lease's end to the next step, journal of ${records.toLocaleString("en-US")} records, ${name}`;
    figures.push({ workload: "takeover", measure, value: await shortestOf(records, every), unit: "ms" });
  }
}
await other.stop();
await installation.finish(figures);
