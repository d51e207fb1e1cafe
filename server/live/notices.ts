import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

/** Channels on which the database tells what changed. `millrace_access` carries an organization's id or `*`; all but `millrace_stream` and `millrace_presence` else carry `workspaceId/id` pairs. */
export const CHANNELS = ["millrace_run", "millrace_workflow", "millrace_trigger", "millrace_alert", "millrace_view", "millrace_stream", "millrace_presence", "millrace_access"] as const;
export type Channel = (typeof CHANNELS)[number];

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;

interface Events {
  notice: [channel: Channel, payload: string];
  /** Listening (again): notices of the time before are lost. */
  connected: [];
}

/** One connection that listens, made anew for as long as it takes. */
export class NoticeListener extends EventEmitter<Events> {
  private stopped = false;
  private client: pg.Client | undefined;

  constructor(private readonly url: string) {
    super();
  }

  start(): void {
    void this.keepListening();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => {});
  }

  private async keepListening(): Promise<void> {
    for (let retryMs = RETRY_FIRST_MS; !this.stopped; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      try {
        const { lost } = await this.connect();
        retryMs = RETRY_FIRST_MS;
        await lost;
      } catch {
        // The database is away; the next round tries again.
      }
      if (!this.stopped) await delay(retryMs, undefined, { ref: false });
    }
  }

  /** Resolves once listening; `lost` when the connection is gone. */
  private async connect(): Promise<{ lost: Promise<void> }> {
    const client = new pg.Client({ connectionString: this.url, application_name: "millrace live", keepAlive: true });
    this.client = client;
    const lost = new Promise<void>((resolve) => {
      client.once("end", resolve);
      client.on("error", () => resolve());
    });
    client.on("notification", ({ channel, payload }) => this.emit("notice", channel as Channel, payload ?? ""));
    await client.connect();
    await client.query(CHANNELS.map((channel) => `listen ${channel}`).join("; "));
    this.emit("connected");
    return { lost: lost.finally(() => void client.end().catch(() => {})) };
  }
}
