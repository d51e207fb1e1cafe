import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;

/** `sender`: the store that says so, which has acted on it already. */
export type QueueNotice = { sender: string } & ({ kind: "ready"; pool: string; workspaceId: string; rank: number } | { kind: "message"; runId: string });

export function readyItem(run: { pool: string; workspaceId: string; rank: number }, sender = ""): string {
  return `r/${encodeURIComponent(run.pool)}/${run.workspaceId}/${run.rank}/${sender}`;
}

export function messageItem(runId: string, sender = ""): string {
  return `m/${runId}/${sender}`;
}

const MESSAGE = /^m\/([0-9a-f-]{36})(?:\/([0-9a-f]*))?$/;
const READY = /^r\/((?:[^/%]|%[0-9A-F]{2})*)\/([0-9a-f-]{36})\/(-?\d+)(?:\/([0-9a-f]*))?$/;

/** Anybody who may connect may notify. */
function parse(item: string): QueueNotice | null {
  const [, runId, messenger = ""] = MESSAGE.exec(item) ?? [];
  if (runId !== undefined) return { kind: "message", runId, sender: messenger };
  const [, pool = "", workspaceId, rank, sender = ""] = READY.exec(item) ?? [];
  return workspaceId === undefined ? null : { kind: "ready", pool: unescaped(pool), workspaceId, rank: Number(rank), sender };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Hears what other processes put into the queue, on a direct connection that is made anew for as long as it takes. */
export class QueueListener {
  #stopped = false;
  #client: pg.Client | undefined;

  constructor(
    private readonly url: string,
    private readonly heard: (notice: QueueNotice) => void,
    private readonly connected: () => void,
  ) {
    void this.#keepListening();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.end().catch(() => {});
  }

  async #keepListening(): Promise<void> {
    for (let retryMs = RETRY_FIRST_MS; !this.#stopped; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      const lasted = await this.#listen().catch(() => false);
      if (lasted) retryMs = RETRY_FIRST_MS;
      if (!this.#stopped) await delay(retryMs, undefined, { ref: false });
    }
  }

  async #listen(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, application_name: "millrace queue", keepAlive: true });
    this.#client = client;
    const lost = new Promise<void>((resolve) => {
      client.once("end", resolve);
      client.on("error", () => resolve());
    });
    client.on("notification", ({ payload }) => {
      for (const item of (payload ?? "").split(",")) {
        const notice = parse(item);
        if (notice !== null) this.heard(notice);
      }
    });
    await client.connect();
    await client.query("LISTEN millrace_queue");
    this.connected();
    await lost;
    await client.end().catch(() => {});
    return true;
  }
}
