// One run that goes over 1,000 items, up to 100 of them at once.
import { Installation } from "@/bench/millrace/installation";
import { shortest } from "@/bench/millrace/rounds";
import type { Figure } from "@/bench/workload";

const ITEMS = 1_000;

const installation = await Installation.open();
const workflow = await installation.publish("for-each", {
  schema: 1,
  nodes: [
    { id: "loop", kind: "forEach", config: { items: "{{ input.items }}", mode: "parallel", limit: 100, result: "{{ steps.double.output.n }}" } },
    { id: "double", kind: "set", parent: { id: "loop", slot: "body" }, config: { values: { n: "{{ item * 2 }}" } } },
  ],
  edges: [],
  output: "{{ steps.loop.output }}",
});
const items = Array.from({ length: ITEMS }, (_, index) => index);

async function once(): Promise<void> {
  const output = await installation.call(workflow, { items });
  if (!Array.isArray(output) || output.length !== ITEMS || output.at(-1) !== (ITEMS - 1) * 2) throw new Error("the loop gave a wrong result");
}

async function seconds(commitEachStep: boolean): Promise<number> {
  const worker = installation.startWorker({ settings: { commitEachStep } });
  await once();
  const shortestSeconds = await shortest(once);
  await worker.stop();
  return shortestSeconds;
}

const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "parallel-for-each", measure, value, unit });
const chained = await seconds(false);
const committed = await seconds(true);
await installation.finish([
  figure(`${ITEMS.toLocaleString("en-US")} items`, chained * 1_000, "ms"),
  figure("items, with their iterations", ITEMS / chained, "items/s"),
  figure("the same, every step committed before the next one", ITEMS / committed, "items/s"),
]);
