// A run without work beside jobs without work of queue libraries: one at a time, and many at once, until it is done.
import { loadFromEnv, measure } from "@/bench/competitors/load.mjs";
import { Installation } from "@/bench/millrace/installation";

const installation = await Installation.open();
const workflow = await installation.publish("no-op", { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [], output: "{{ input.n + 3 }}" });
installation.startWorker();
const measured = await measure({ ...loadFromEnv(), call: async (n) => Number(await installation.call(workflow, { n })) });
await installation.finish(measured);
