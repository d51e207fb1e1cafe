import type { CDPSession, Page } from "@playwright/test";
import type { Watched } from "@/bench/browser";

const PAUSE_MS = 40;

export interface Keys {
  /** All that the page's thread does between one key and the next, whatever it is for, in time of the processor. */
  workMs: number[];
  /** From each key to the end of all that it makes the page do at once, the wait for the next frame of the screen included. */
  shownMs: number[];
}

/** Types as a fast person does, and says what each key cost. */
export class Typist {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
  ) {}

  static async at(page: Page): Promise<Typist> {
    const session = await page.context().newCDPSession(page);
    // Of the processor: what else the machine does is none of the page.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.evaluate(watchKeys);
    return new Typist(page, session);
  }

  async type(text: string): Promise<Keys> {
    await this.page.evaluate(() => ((window as Watched).benchKeys = []));
    const workMs: number[] = [];
    let before = await this.workMs();
    for (const key of text) {
      await this.page.keyboard.type(key, { delay: PAUSE_MS });
      const after = await this.workMs();
      workMs.push(after - before);
      before = after;
    }
    return { workMs, shownMs: await this.page.evaluate(() => (window as Watched).benchKeys ?? []) };
  }

  private async workMs(): Promise<number> {
    const { metrics } = await this.session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")!.value * 1_000;
  }
}

function watchKeys(): void {
  window.addEventListener(
    "keydown",
    () => {
      const begun = performance.now();
      const channel = new MessageChannel();
      window.addEventListener("input", () => channel.port2.postMessage(null), { capture: true, once: true });
      channel.port1.onmessage = () => (window as Watched).benchKeys?.push(performance.now() - begun);
    },
    { capture: true },
  );
}
