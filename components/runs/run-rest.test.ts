import { expect, it } from "vitest";
import { STEPS_PER_ANSWER } from "@/server/runs/constants";
import type { RunView, StepDelta, StepSummary, WaitSummary } from "@/server/runs/contract";
import { RunFeed } from "./run-feed";
import { openWaits } from "./run-model";
import { RunRest } from "./run-rest";

const PAGE = 200;
const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
/** The newest first, as they come. */
const waits = (count: number, status: string): WaitSummary[] => Array.from({ length: count }, (_, n) => ({ id: `${status} ${n}`, status, path: `w[${n}]`, createdAt: at(count - n) }) as WaitSummary);
const steps = (count: number): StepSummary[] => Array.from({ length: count }, (_, n) => ({ path: `s${String(n).padStart(5, "0")}`, attempt: 1, finishedAt: null }) as StepSummary);

/** A run's page, its answers and the lists behind them. */
function open({ openCount = 0, closedCount = 0, stepCount = 0 }) {
  const stored = { open: waits(openCount, "open"), closed: waits(closedCount, "answered"), steps: steps(stepCount) };
  const answer = (): StepDelta => {
    const first = [...stored.open, ...stored.closed].slice(0, 500);
    return { run: { status: "running" }, steps: stored.steps.slice(0, STEPS_PER_ANSWER), waits: first, moreWaits: stored.open.length + stored.closed.length - first.length, moreOpenSteps: Math.max(0, stored.steps.length - STEPS_PER_ANSWER), loops: [], seq: 1, more: false } as unknown as StepDelta;
  };
  const feed = new RunFeed({ ...answer(), definition: {} } as unknown as RunView, { changes: () => Promise.resolve(answer()), iterations: () => Promise.reject(new Error("not asked for")) });
  const rest = new RunRest(feed, {
    waits: ({ status, cursor = "0" }) => {
      const end = Number(cursor) + PAGE;
      return Promise.resolve({ items: stored[status].slice(Number(cursor), end), nextCursor: end < stored[status].length ? String(end) : null });
    },
    openSteps: ({ after = "" }) => {
      const found = stored.steps.filter(({ path }) => path > after);
      return Promise.resolve({ steps: found.slice(0, PAGE), next: found.length > PAGE ? found[PAGE - 1]!.path : null });
    },
  });
  return { stored, feed, rest };
}

it("brings the waits that the page has no room for, page by page, past those that it has", async () => {
  const { feed, rest } = open({ openCount: 750, closedCount: 300 });
  const told: number[][] = [[feed.read().waits.size, feed.read().moreWaits]];
  while (feed.read().moreWaits > 0 && told.length < 20) {
    await rest.moreWaits();
    await feed.pull();
    told.push([feed.read().waits.size, feed.read().moreWaits]);
  }
  expect(told).toEqual([[500, 550], [600, 450], [750, 300], [950, 100], [1_050, 0]]);
  expect(openWaits(feed.read())).toHaveLength(750);
});

it("hears of the end of those that were asked for besides, and counts the steps that are known", async () => {
  const { stored, feed, rest } = open({ openCount: 700, stepCount: STEPS_PER_ANSWER + 250 });
  await rest.moreWaits();
  await rest.moreWaits();
  expect(openWaits(feed.read())).toHaveLength(700);
  stored.open.pop();
  stored.closed = [{ ...stored.open.pop()!, status: "answered" }];
  await feed.pull();
  await rest.refresh();
  expect(openWaits(feed.read()).map(({ id }) => id)).toEqual(stored.open.map(({ id }) => id));
  await feed.pull();
  expect(feed.read().moreWaits).toBe(1);

  expect(feed.read().moreOpenSteps).toBe(250);
  await rest.moreSteps();
  expect(feed.read().moreOpenSteps).toBe(50);
  await feed.pull();
  expect(feed.read().moreOpenSteps).toBe(50);
  await rest.moreSteps();
  expect([feed.read().moreOpenSteps, feed.read().steps.size]).toEqual([0, STEPS_PER_ANSWER + 250]);
});
