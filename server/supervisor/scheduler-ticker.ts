import { complain, say } from "@/server/supervisor/say";
import { requestStatus } from "@/server/supervisor/web-request";

const TICK_MS = 1_000;
const TICK_TIMEOUT_MS = 300_000;

/** What a ticker calls for; each part has a ticker of its own, so that no slot waits for the house. */
export type TickedPart = "schedules" | "house";

/** Calls the cron route as an operator's own cron would; says so when that stops or begins to work. */
export class SchedulerTicker {
  private timer: NodeJS.Timeout | undefined;
  private readonly stopped = new AbortController();
  private failing = false;

  constructor(
    private readonly webUrl: string,
    private readonly secret: string,
    private readonly part: TickedPart,
  ) {}

  start(): void {
    // On the second: slots are.
    this.timer = setTimeout(() => void this.tick(), TICK_MS - (Date.now() % TICK_MS));
  }

  stop(): void {
    this.stopped.abort();
    clearTimeout(this.timer);
  }

  private async tick(): Promise<void> {
    const problem = await this.call();
    if (this.stopped.signal.aborted) return;
    if (problem && !this.failing) complain(`The scheduler's tick (${this.part}) failed: ${problem}`);
    if (!problem && this.failing) say(`The scheduler ticks again (${this.part}).`);
    this.failing = problem !== undefined;
    this.start();
  }

  private async call(): Promise<string | undefined> {
    try {
      const status = await requestStatus(`${this.webUrl}/api/cron?part=${this.part}`, {
        method: "POST",
        headers: { authorization: `Bearer ${this.secret}` },
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(TICK_TIMEOUT_MS)]),
      });
      return status >= 200 && status < 300 ? undefined : `HTTP ${status}`;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
