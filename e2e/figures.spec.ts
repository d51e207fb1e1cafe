import type { Browser, Page } from "@playwright/test";
import { framesWhile, lookAt } from "@/bench/browser";
import { moveView, scrollRows, zoomView } from "@/bench/gestures";
import { largeWorkflow } from "@/bench/large-workflow";
import { longRun } from "@/bench/long-run";
import { percentile } from "@/bench/millrace/rounds";
import { Typist } from "@/bench/typist";
import { FIELDS, TITLES, typeEverywhere } from "@/bench/typing";
import { expect, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, startRun } from "./workflow-page";

// Times are printed to be read beside each other, not judged: a busy machine would fail them. What is loaded is the same anywhere.
const MOVES = 50;

const say = (what: string, figures: Record<string, string>) => console.log(`figures: ${what}: ${Object.entries(figures).map(([name, value]) => `${name} ${value}`).join("; ")}`);
const frames = (perSecond: number) => `${perSecond.toFixed(0)} frames/s`;
const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
const kilobytes = (value: number) => `${value.toFixed(0)} KB`;

async function lookWhenReady(browser: Browser, page: Page, url: string, selector: string, procedure: string) {
  const look = await lookAt(browser, page, new URL(url, page.url()).href, selector, procedure);
  return { ...look, close: () => look.page.context().close() };
}

test("the builder with 500 steps: what it loads, and what it takes", async ({ page, browser }) => {
  await importWorkflow(page, "As large as they get", largeWorkflow(500));
  const { page: seen, paintMs, scriptKb, close } = await lookWhenReady(browser, page, page.url(), ".react-flow__node", "workflows.get");
  const moving = await framesWhile(seen, () => moveView(seen, MOVES));
  const zooming = await framesWhile(seen, () => zoomView(seen, MOVES));
  const keys = await typeEverywhere(seen, await Typist.at(seen));
  say("builder with 500 steps", {
    "first paint after the data": milliseconds(paintMs), moving: frames(moving), zooming: frames(zooming),
    ...Object.fromEntries(FIELDS.map((field) => [`a key in ${TITLES[field]}, median and p95`, [0.5, 0.95].map((share) => milliseconds(percentile(keys[field].workMs, share))).join(", ")])), JavaScript: kilobytes(scriptKb),
  });
  expect(scriptKb, "initial JavaScript of the builder, KB").toBeLessThanOrEqual(600);
  await close();
});

test("a run with 10,000 step runs, and the list of runs", async ({ page, browser }) => {
  test.slow();
  await importWorkflow(page, "As long as they get", longRun);
  await expect(canvasNode(page, "loop")).toBeVisible();
  const run = await startRun(page, "Test draft");
  await expectStatus(page, "Succeeded", 240_000);
  const long = await lookWhenReady(browser, page, `/main/runs/${run}?tab=timeline`, "[data-row]", "runs.get");
  await long.page.locator('[data-row] [aria-expanded="false"]').first().click();
  const scrolling = await framesWhile(long.page, () => scrollRows(long.page, MOVES));
  say("run with 10,000 step runs", { "first paint after the data": milliseconds(long.paintMs), scrolling: frames(scrolling), JavaScript: kilobytes(long.scriptKb) });
  await long.close();
  const list = await lookWhenReady(browser, page, "/main/runs", "tbody tr", "runs.list");
  say("list of runs", { "first paint after the data": milliseconds(list.paintMs), JavaScript: kilobytes(list.scriptKb) });
  expect(list.scriptKb, "initial JavaScript of the list of runs, KB").toBeLessThanOrEqual(250);
  await list.close();
});
