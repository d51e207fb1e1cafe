import { LIVE_NAMES, LIVE_PATH } from "@/server/live/constants";

export type LiveName = (typeof LIVE_NAMES)[number];
export type LiveStatus = "connecting" | "open" | "down";

export interface LiveMessage {
  name: LiveName;
  data: unknown;
}

export interface StreamCallbacks {
  onMessage: (message: LiveMessage) => void;
  onStatus: (status: LiveStatus) => void;
}

const FIRST_RETRY_MILLISECONDS = 1_000;
const LAST_RETRY_MILLISECONDS = 30_000;

/** One EventSource and its reconnection. Changing the topics opens another one that goes on where the last ended. */
export class LiveStream {
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #retryMilliseconds = FIRST_RETRY_MILLISECONDS;
  #lastEventId = "";
  #topics: string[] = [];

  constructor(
    private readonly workspace: string,
    private readonly callbacks: StreamCallbacks,
  ) {}

  setTopics(topics: string[]): void {
    if (topics.join() === this.#topics.join()) return;
    this.#topics = topics;
    this.#open();
  }

  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#source?.close();
    this.#source = null;
  }

  #open(): void {
    this.close();
    if (this.#topics.length === 0) return;
    this.callbacks.onStatus("connecting");
    const source = new EventSource(this.#address());
    this.#source = source;
    for (const name of LIVE_NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => this.#receive(name, event));
    }
    source.onerror = () => {
      this.callbacks.onStatus(source.readyState === EventSource.CLOSED ? "down" : "connecting");
      // The browser reconnects by itself unless the server refused.
      if (source.readyState === EventSource.CLOSED && source === this.#source) this.#openLater();
    };
  }

  #address(): string {
    const query = new URLSearchParams({ workspace: this.workspace });
    for (const topic of this.#topics) query.append("topic", topic);
    if (this.#lastEventId !== "") query.set("after", this.#lastEventId);
    return `${LIVE_PATH}?${query.toString()}`;
  }

  #receive(name: LiveName, event: MessageEvent<string>): void {
    if (event.lastEventId !== "") this.#lastEventId = event.lastEventId;
    if (name === "ready") {
      this.#retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      this.callbacks.onStatus("open");
    }
    const data = parseJson(event.data);
    if (data !== undefined) this.callbacks.onMessage({ name, data });
  }

  #openLater(): void {
    this.#retry = setTimeout(() => this.#open(), this.#retryMilliseconds);
    this.#retryMilliseconds = Math.min(this.#retryMilliseconds * 2, LAST_RETRY_MILLISECONDS);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
