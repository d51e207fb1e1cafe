import { chromium, type Browser, type Page } from "@playwright/test";
import { framesWhile, importWorkflow, lookAt, signedInPage } from "@/bench/browser";
import { moveView, zoomView } from "@/bench/gestures";
import { largeWorkflow } from "@/bench/large-workflow";
import { percentile } from "@/bench/millrace/rounds";
import { Product } from "@/bench/product";
import { Typist, type Keys } from "@/bench/typist";
import { type Field, FIELDS, KEYS, TITLES, typeEverywhere } from "@/bench/typing";
import { atLeast, atMost, type Figure, type Workload } from "@/bench/workload";
import { browserLaunchOptions } from "@/server/testing/browser";

const NODES = 500;

/** The builder with a large workflow, as a browser shows it: how soon, how smoothly, and what a key costs. */
export const builder500: Workload = {
  name: "builder-500",
  title: `the builder with a workflow of ${NODES} steps, in a browser`,
  async measure({ rounds, say }) {
    const product = await Product.start();
    const browser = await chromium.launch(await browserLaunchOptions());
    try {
      const page = await signedInPage(browser, product.signInUrl);
      const url = await importWorkflow(page, "Large", largeWorkflow(NODES));
      const looks: Look[] = [];
      for (let round = 0; round < rounds; round++) {
        say(`builder-500: round ${round + 1}`);
        looks.push(await look(browser, page, url));
      }
      return figuresOf(looks);
    } finally {
      await browser.close();
      await product.stop();
    }
  },
};

interface Look {
  paintMs: number;
  scriptKb: number;
  panFps: number;
  zoomFps: number;
  /** By what is written into. */
  keys: Record<Field, Keys>;
  /** In a page that holds nothing but a field. */
  alone: Keys;
}

/** The best of all rounds: other work on the machine only ever takes away. */
function figuresOf(looks: readonly Look[]): Figure[] {
  const least = (read: (look: Look) => number) => Math.min(...looks.map(read));
  const most = (read: (look: Look) => number) => Math.max(...looks.map(read));
  const paint = least(({ paintMs }) => paintMs);
  const script = least(({ scriptKb }) => scriptKb);
  const pan = most(({ panFps }) => panFps);
  const zoom = most(({ zoomFps }) => zoomFps);
  const ofKeys = (title: string, read: (look: Look) => Keys): Figure[] =>
    [0.5, 0.95].flatMap((share) => {
      const [work, shown] = (["workMs", "shownMs"] as const).map((what) => least((look) => percentile(read(look)[what], share))) as [number, number];
      const name = share === 0.5 ? "median" : "p95";
      return [
        figure(`a key in ${title}, ${name}: work of the page`, work, "ms", atMost(work, 16, "ms")),
        figure(`a key in ${title}, ${name}: until it is shown`, shown, "ms", atMost(shown, 16, "ms")),
      ];
    });
  const figure = (measure: string, value: number, unit: string, aim?: Figure["aim"]): Figure => ({ workload: "builder-500", measure, value, unit, ...(aim === undefined ? {} : { aim }) });
  return [
    figure("first paint of steps after the data", paint, "ms", atMost(paint, 1_500, "ms")),
    figure("moving the view", pan, "frames/s", atLeast(pan, 50, "frames/s")),
    figure("zooming", zoom, "frames/s", atLeast(zoom, 50, "frames/s")),
    ...FIELDS.flatMap((field) => ofKeys(TITLES[field], ({ keys }) => keys[field])),
    ...ofKeys("a page with a field and nothing else", ({ alone }) => alone),
    figure("initial JavaScript, compressed", script, "KB", atMost(script, 600, "KB")),
  ];
}

async function look(browser: Browser, signedIn: Page, url: string): Promise<Look> {
  const { page, paintMs, scriptKb } = await lookAt(browser, signedIn, url, ".react-flow__node", "workflows.get");
  const pan = await framesWhile(page, () => moveView(page));
  const zoom = await framesWhile(page, () => zoomView(page));
  const keys = await typeEverywhere(page, await Typist.at(page));
  const alone = await typeAlone(page);
  await page.context().close();
  return { paintMs, scriptKb, panFps: pan, zoomFps: zoom, keys, alone };
}

/** The same where there is nothing to do: what a browser itself needs. */
async function typeAlone(page: Page): Promise<Keys> {
  await page.goto("about:blank");
  await page.setContent("<input autofocus>");
  await page.locator("input").click();
  return (await Typist.at(page)).type(KEYS);
}
