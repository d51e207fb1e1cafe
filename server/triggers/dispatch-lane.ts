import { Batcher } from "@/server/triggers/batcher";
import { commitEvent } from "@/server/triggers/commit-dispatch";
import { type Dispatched, type DueEvent, holdEvents, readReceived } from "@/server/triggers/due-events";
import { type PreparedEvent, prepareEvent } from "@/server/triggers/prepare-event";

const BATCH = 100;
/** Those ready do not wait longer than this for the ones behind them. */
const PATIENCE_MS = 100;
const HOLD_EVERY_MS = 1_500;

const reader = new Batcher<string, DueEvent | null>(BATCH, async (ids) => {
  const events = new Map((await readReceived(ids)).map((event) => [event.id, event]));
  return ids.map((id) => events.get(id) ?? null);
});

interface Waiting {
  id: string;
  resolve(result: Dispatched | null): void;
  reject(reason: unknown): void;
}

const lanes = new Map<string, Waiting[]>();

/**
 * Turns an event into its run, after those of its trigger that were handed over before it. Triggers wait for no other one's mappings,
 * and share their reads and commits.
 */
export function dispatchInLane(triggerId: string, id: string): Promise<Dispatched | null> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = { id, resolve, reject };
    const lane = lanes.get(triggerId);
    if (lane !== undefined) return void lane.push(waiting);
    lanes.set(triggerId, [waiting]);
    setImmediate(() => void run(triggerId));
  });
}

async function run(triggerId: string): Promise<void> {
  const lane = lanes.get(triggerId) ?? [];
  while (lane.length > 0) await dispatchBatch(lane.splice(0, BATCH));
  lanes.delete(triggerId);
}

/** In their order; whoever is ready is committed while the next ones take their time, and those keep their place in this process meanwhile. */
async function dispatchBatch(batch: readonly Waiting[]): Promise<void> {
  const left = new Set(batch.map(({ id }) => id));
  let holding: Promise<unknown> = Promise.resolve();
  const holder = setInterval(() => {
    holding = holdEvents([...left]).catch(() => {});
  }, HOLD_EVERY_MS);
  const preparing = batch.map(({ id }) => settled(reader.add(id).then((event) => (event === null ? null : prepareEvent(event)))));
  const ready: [Waiting, Promise<PreparedEvent | null>][] = [];
  const commitReady = async () => {
    for (const [{ id }] of ready) left.delete(id);
    // A row that is being held would be passed over as another process's.
    await holding;
    await Promise.all(ready.splice(0).map(([{ resolve, reject }, prepared]) => prepared.then((one) => (one === null ? null : commitEvent(one))).then(resolve, reject)));
  };
  for (const [index, waiting] of batch.entries()) {
    const prepared = preparing[index]!;
    if (ready.length > 0 && !(await isSettledWithin(prepared, PATIENCE_MS))) await commitReady();
    await prepared.catch(() => {});
    ready.push([waiting, prepared]);
  }
  clearInterval(holder);
  await commitReady();
}

/** Its failure is somebody's business later. */
function settled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

function isSettledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const done = () => (clearTimeout(timer), resolve(true));
    promise.then(done, done);
  });
}
