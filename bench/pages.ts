import { chromium, type Browser, type Page } from "@playwright/test";
import { framesWhile, importWorkflow, lookAt, signedInPage } from "@/bench/browser";
import { MOVES, scrollRows } from "@/bench/gestures";
import { longRun } from "@/bench/long-run";
import { Product } from "@/bench/product";
import { atLeast, atMost, type Figure, type Workload } from "@/bench/workload";
import { browserLaunchOptions } from "@/server/testing/browser";

const RUN_LIMIT_MS = 5 * 60_000;

/** JavaScript of the pages that are open all day, and the page of a run with ten thousand steps. */
export const pages: Workload = {
  name: "pages",
  title: "JavaScript of the main pages, and the page of a run with 10,000 steps, in a browser",
  async measure({ rounds, say }) {
    const product = await Product.start();
    const browser = await chromium.launch(await browserLaunchOptions());
    try {
      const page = await signedInPage(browser, product.signInUrl);
      const origin = new URL(page.url()).origin;
      await importWorkflow(page, "Long", longRun);
      const run = await finishedTest(page);
      const looks: { list: number; home: number; run: RunLook }[] = [];
      for (let round = 0; round < rounds; round++) {
        say(`pages: round ${round + 1}`);
        looks.push({
          list: await scriptOf(browser, page, `${origin}/main/runs`, "tbody tr, [data-run]", "runs.list"),
          home: await scriptOf(browser, page, `${origin}/main`, "main h2", "home."),
          run: await lookAtRun(browser, page, run),
        });
      }
      return figuresOf(looks);
    } finally {
      await browser.close();
      await product.stop();
    }
  },
};

interface RunLook {
  paintMs: number;
  scriptKb: number;
  scrollFps: number;
  replayFps: number;
}

/** The best of all rounds: other work on the machine only ever takes away. */
function figuresOf(looks: readonly { list: number; home: number; run: RunLook }[]): Figure[] {
  const least = (values: number[]) => Math.min(...values);
  const most = (values: number[]) => Math.max(...values);
  const figure = (measure: string, value: number, unit: string, aim?: Figure["aim"]): Figure => ({ workload: "pages", measure, value, unit, ...(aim === undefined ? {} : { aim }) });
  const list = least(looks.map((look) => look.list));
  const paint = least(looks.map(({ run }) => run.paintMs));
  const scroll = most(looks.map(({ run }) => run.scrollFps));
  const replay = most(looks.map(({ run }) => run.replayFps));
  return [
    figure("JavaScript until the list of runs is shown, compressed", list, "KB", atMost(list, 250, "KB")),
    figure("JavaScript until the home page is shown, compressed", least(looks.map((look) => look.home)), "KB"),
    figure("JavaScript until a run's steps are shown, compressed", least(looks.map(({ run }) => run.scriptKb)), "KB"),
    figure("a run of 10,000 steps: first paint after the data", paint, "ms", atMost(paint, 1_500, "ms")),
    figure("a run of 10,000 steps: scrolling its waterfall", scroll, "frames/s", atLeast(scroll, 50, "frames/s")),
    figure("a run of 10,000 steps: moving through its replay", replay, "frames/s", atLeast(replay, 50, "frames/s")),
  ];
}

/** The address of the page of a test run of the workflow that is open, once it has ended. */
async function finishedTest(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Test draft", exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Start run" }).click();
  await page.getByRole("link", { name: "Open the run" }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.locator("header").getByText("Succeeded", { exact: true }).waitFor({ timeout: RUN_LIMIT_MS });
  return page.url();
}

async function scriptOf(browser: Browser, signedIn: Page, url: string, selector: string, procedure: string): Promise<number> {
  const { page, scriptKb } = await lookAt(browser, signedIn, url, selector, procedure);
  await page.context().close();
  return scriptKb;
}

async function lookAtRun(browser: Browser, signedIn: Page, url: string): Promise<RunLook> {
  const address = new URL(url);
  address.searchParams.set("tab", "timeline");
  const { page, paintMs, scriptKb } = await lookAt(browser, signedIn, address.href, "[data-row]", "runs.get");
  const loop = page.locator('[data-row] [aria-expanded="false"]').first();
  if ((await loop.count()) > 0) await loop.click();
  const scrollFps = await framesWhile(page, () => scrollRows(page));
  await page.getByRole("tab", { name: "Canvas" }).click();
  await page.getByRole("slider", { name: "Moment of the run" }).waitFor();
  const replayFps = await framesWhile(page, () => replay(page));
  await page.context().close();
  return { paintMs, scriptKb, scrollFps, replayFps };
}

async function replay(page: Page): Promise<void> {
  const moment = page.getByRole("slider", { name: "Moment of the run" });
  const place = (await moment.boundingBox())!;
  await page.mouse.move(place.x + place.width - 4, place.y + place.height / 2);
  await page.mouse.down();
  for (let step = 0; step < MOVES; step++) await page.mouse.move(place.x + place.width * (1 - Math.abs(((step * 3) % 180) - 90) / 100), place.y + place.height / 2);
  await page.mouse.up();
}
