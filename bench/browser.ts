import type { Browser, Page } from "@playwright/test";
import type { DefinitionInput } from "@/server/engine/definition";

export async function signedInPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(url);
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill("a rather long password");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/main/);
  return page;
}

export async function importWorkflow(page: Page, name: string, definition: DefinitionInput): Promise<string> {
  await page.goto("/main/workflows".replace(/^/, new URL(page.url()).origin));
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("tab", { name: "Import" }).click();
  await page.getByLabel("Workflow as YAML or JSON").fill(JSON.stringify(definition));
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(/\/workflows\/[0-9a-f-]{36}/);
  await page.locator(".react-flow__node").first().waitFor();
  return page.url();
}

export interface Look {
  page: Page;
  /** From the last data that was needed to the first frame that shows them. */
  paintMs: number;
  /** Scripts asked for until then, as they are transferred. */
  scriptKb: number;
}

/** A page in a fresh browser profile with the same session, so that nothing comes from the cache. `selector`: what its data look like; `procedure`: where they come from. */
export async function lookAt(browser: Browser, signedIn: Page, url: string, selector: string, procedure: string): Promise<Look> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState: await signedIn.context().storageState() });
  const page = await context.newPage();
  // The loader of this program names functions by a function of its own, which the browser lacks.
  await page.addInitScript("globalThis.__name = (named) => named;");
  await page.addInitScript(watchFirstPaint, selector);
  await page.goto(url);
  await page.locator(selector).first().waitFor();
  return { page, ...(await page.evaluate(readFirstPaint, procedure)) };
}

export interface Watched {
  benchPaint?: number;
  benchFrames?: number[];
  benchKeys?: number[];
}

function watchFirstPaint(selector: string): void {
  new MutationObserver((_, observer) => {
    if (document.querySelector(selector) === null) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => ((window as Watched).benchPaint = performance.now())));
  }).observe(document, { childList: true, subtree: true });
}

async function readFirstPaint(procedure: string): Promise<{ paintMs: number; scriptKb: number }> {
  const watched = window as Watched;
  while (watched.benchPaint === undefined) await new Promise(requestAnimationFrame);
  const paint = watched.benchPaint;
  const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const data = resources.filter(({ name, responseEnd }) => name.includes(procedure) && responseEnd <= paint).map(({ responseEnd }) => responseEnd);
  const scripts = resources.filter(({ name, startTime }) => new URL(name).pathname.endsWith(".js") && startTime <= paint);
  return { paintMs: paint - Math.max(navigation?.responseEnd ?? 0, ...data), scriptKb: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1_000 };
}

/** Frames per second of the page while something goes on. */
export async function framesWhile(page: Page, gesture: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const frames: number[] = [];
    (window as Watched).benchFrames = frames;
    const next = (at: number) => {
      if ((window as Watched).benchFrames !== frames) return;
      frames.push(at);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await gesture();
  return page.evaluate(() => {
    const frames = (window as Watched).benchFrames ?? [];
    (window as Watched).benchFrames = undefined;
    return ((frames.length - 1) * 1_000) / (frames.at(-1)! - frames[0]!);
  });
}
