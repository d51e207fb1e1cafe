import { Pool } from "undici";
import { chainOfSteps } from "@/bench/millrace/definitions";
import { percentile } from "@/bench/millrace/rounds";
import { Product } from "@/bench/product";
import { atLeast, atMost, type Figure, type Workload } from "@/bench/workload";

const CONNECTIONS = 250;
const WARM_UP = 100;
const ONE_AT_A_TIME = 300;
const REQUESTS = 5_000;

/** Requests to the product as `npm start` runs it, over HTTP, from a process beside it. */
export const webhooks: Workload = {
  name: "webhooks",
  title: `webhooks: three steps and their answer, one at a time and over ${CONNECTIONS} connections, and taking in alone`,
  async measure({ rounds, say }) {
    const product = await Product.start();
    const pool = new Pool(product.url, { connections: CONNECTIONS, pipelining: 1 });
    try {
      const token = await product.command("token", "create", "--name", "bench", "--scope", "workflow:read", "workflow:write", "workflow:publish", "trigger:read", "trigger:operate");
      const api = new Api(pool, token);
      const waits = await api.openWebhook("Answers", { mode: "wait", timeoutSeconds: 60 });
      const accepts = await api.openWebhook("Accepts", { mode: "accept" });
      const found: Round[] = [];
      for (let round = 1; round <= rounds; round++) {
        say(`webhooks, round ${round} of ${rounds}`);
        const alone = await inTurn(pool, waits, ONE_AT_A_TIME, 200);
        const answered = await atOnce(pool, waits, REQUESTS, 200);
        found.push({ alone, answered, accepted: await atOnce(pool, accepts, REQUESTS, 202) });
      }
      return figuresOf(found);
    } finally {
      await pool.close();
      await product.stop();
    }
  },
};

interface Loaded {
  perSecond: number;
  times: number[];
}

interface Round {
  alone: number[];
  answered: Loaded;
  accepted: Loaded;
}

/** The best of all rounds: other work on the machine only ever takes away. */
function figuresOf(rounds: readonly Round[]): Figure[] {
  const least = (read: (round: Round) => number) => Math.min(...rounds.map(read));
  const most = (read: (round: Round) => number) => Math.max(...rounds.map(read));
  const median = least(({ alone }) => percentile(alone, 0.5));
  const answered = most((round) => round.answered.perSecond);
  const figure = (measure: string, value: number, unit: string, aim?: Figure["aim"]): Figure => ({ workload: "webhooks", measure, value, unit, ...(aim === undefined ? {} : { aim }) });
  return [
    figure("three steps and their answer, one at a time, median", median, "ms", atMost(median, 10, "ms")),
    figure("the same, p95", least(({ alone }) => percentile(alone, 0.95)), "ms"),
    figure(`three steps and their answer, ${CONNECTIONS} connections`, answered, "requests/s", atLeast(answered, 500, "requests/s")),
    figure("the same, median", least((round) => percentile(round.answered.times, 0.5)), "ms"),
    figure("the same, p95", least((round) => percentile(round.answered.times, 0.95)), "ms"),
    figure(`taken in and answered 202, ${CONNECTIONS} connections`, most((round) => round.accepted.perSecond), "requests/s"),
  ];
}

async function inTurn(pool: Pool, path: string, count: number, status: number): Promise<number[]> {
  for (let n = 0; n < WARM_UP; n++) await post(pool, path, n, status);
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push(await post(pool, path, n, status));
  return times;
}

async function atOnce(pool: Pool, path: string, count: number, status: number): Promise<Loaded> {
  const times: number[] = [];
  let next = 0;
  const caller = async () => {
    while (next < count) times.push(await post(pool, path, next++, status));
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  return { perSecond: count / ((performance.now() - begun) / 1_000), times };
}

/** Milliseconds until the whole answer is there. A wrong answer makes the measurement void. */
async function post(pool: Pool, path: string, n: number, status: number): Promise<number> {
  const begun = performance.now();
  const { statusCode, body } = await pool.request({ method: "POST", path, headers: { "content-type": "application/json" }, body: JSON.stringify({ n }) });
  const text = await body.text();
  if (statusCode !== status || (status === 200 && text !== String(n + 3))) throw new Error(`${path} answered ${statusCode} ${text} for ${n}`);
  return performance.now() - begun;
}

class Api {
  constructor(
    private readonly pool: Pool,
    private readonly token: string,
  ) {}

  /** A published workflow of three steps behind a webhook; answers its path. */
  async openWebhook(name: string, answer: Record<string, unknown>): Promise<string> {
    const chain = chainOfSteps(3);
    const definition = { ...chain, nodes: [{ id: "hook", kind: "trigger.webhook", config: { answer } }, ...chain.nodes], edges: [{ from: "hook", to: chain.nodes[0]!.id }, ...(chain.edges ?? [])] };
    const { id } = await this.#ask<{ id: string }>("POST", "/workflows", { name, definition });
    await this.#ask("POST", `/workflows/${id}/publish`, { note: "" });
    const { items } = await this.#ask<{ items: { id: string }[] }>("GET", `/triggers?workflowId=${id}`);
    const { url } = await this.#ask<{ url: string }>("GET", `/triggers/${items[0]!.id}`);
    return new URL(url).pathname;
  }

  async #ask<Answer>(method: "GET" | "POST", path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const answer = await this.pool.request({ method, path: `/api/v1${path}`, headers, body: body === undefined ? null : JSON.stringify(body) });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text) as Answer;
  }
}
