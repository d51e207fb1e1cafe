import { randomId } from "@/components/data/random-id";
import { MAX_TOPICS } from "@/server/live/constants";
import type { LiveChunk } from "@/server/live/contract";
import { LiveStream, type LiveMessage, type LiveStatus, type StreamCallbacks } from "./live-stream";
import { openTabChannel, type TabChannel, type TabMessage } from "./tab-channel";

export interface Subscriber {
  /** The topic changed, or messages about it may have been missed. */
  onChange?: () => void;
  onChunk?: (chunk: LiveChunk) => void;
}

export interface HubPorts {
  channel: TabChannel;
  openStream: (callbacks: StreamCallbacks) => Pick<LiveStream, "setTopics" | "close">;
}

const REPEAT_MILLISECONDS = 45_000;
/** Background tabs may wake only once a minute. */
const FORGET_MILLISECONDS = 4 * REPEAT_MILLISECONDS;
const GATHER_MILLISECONDS = 30;

/**
 * Live updates for all tabs of a browser over one stream: one tab leads, holds the stream and passes messages on. When
 * it is closed, the lock goes to another tab, which asks what is wanted and goes on.
 */
export class LiveHub {
  readonly #tab = randomId();
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #wanted = new Map<string, { topics: string[]; at: number }>();
  readonly #statusListeners = new Set<() => void>();
  readonly #channel: TabChannel;
  readonly #ports: HubPorts;
  #stream: Pick<LiveStream, "setTopics" | "close"> | null = null;
  #gathering: ReturnType<typeof setTimeout> | null = null;
  #repeating: ReturnType<typeof setInterval>;
  #status: LiveStatus = "connecting";

  constructor(ports: HubPorts) {
    this.#ports = ports;
    this.#channel = ports.channel;
    this.#channel.onMessage((message) => this.#hear(message));
    this.#channel.lead(() => this.#beginLeading());
    this.#repeating = setInterval(() => this.#sayWanted(), REPEAT_MILLISECONDS);
  }

  static open(workspace: string): LiveHub {
    return new LiveHub({
      channel: openTabChannel(`millrace-live:${workspace}`),
      openStream: (callbacks) => new LiveStream(workspace, callbacks),
    });
  }

  get status(): LiveStatus {
    return this.#status;
  }

  onStatus(listener: () => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  subscribe(topic: string, subscriber: Subscriber): () => void {
    const all = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, all.add(subscriber));
    if (all.size === 1) this.#sayWanted();
    return () => {
      all.delete(subscriber);
      if (all.size > 0 || this.#subscribers.get(topic) !== all) return;
      this.#subscribers.delete(topic);
      this.#sayWanted();
    };
  }

  close(): void {
    clearInterval(this.#repeating);
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#channel.send({ type: "bye", tab: this.#tab });
    this.#stream?.close();
    this.#channel.close();
  }

  #beginLeading(): void {
    this.#stream = this.#ports.openStream({
      onMessage: (message) => {
        this.#channel.send({ type: "message", message });
        this.#deliver(message);
      },
      onStatus: (status) => {
        this.#channel.send({ type: "status", status });
        this.#setStatus(status);
      },
    });
    this.#channel.send({ type: "ask" });
    this.#sayWanted();
  }

  #hear(message: TabMessage): void {
    switch (message.type) {
      case "want":
        this.#want(message.tab, message.topics);
        // A tab that was opened later has not heard how the stream is.
        if (this.#stream !== null) this.#channel.send({ type: "status", status: this.#status });
        return;
      case "bye":
        this.#wanted.delete(message.tab);
        this.#gather();
        return;
      case "ask":
        this.#sayWanted();
        return;
      case "message":
        this.#deliver(message.message);
        return;
      case "status":
        this.#setStatus(message.status);
    }
  }

  #sayWanted(): void {
    const topics = [...this.#subscribers.keys()];
    this.#want(this.#tab, topics);
    this.#channel.send({ type: "want", tab: this.#tab, topics });
  }

  #want(tab: string, topics: string[]): void {
    this.#wanted.set(tab, { topics, at: Date.now() });
    this.#gather();
  }

  /** A page that opens asks for several topics at once: one new stream for all of them. */
  #gather(): void {
    if (this.#stream === null) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#stream?.setTopics(this.#topicsOfAll());
    }, GATHER_MILLISECONDS);
  }

  #topicsOfAll(): string[] {
    const oldest = Date.now() - FORGET_MILLISECONDS;
    const topics = new Set<string>();
    for (const [tab, entry] of this.#wanted) {
      if (tab !== this.#tab && entry.at < oldest) this.#wanted.delete(tab);
      else for (const topic of entry.topics) topics.add(topic);
    }
    return [...topics].sort().slice(0, MAX_TOPICS);
  }

  #deliver({ name, data }: LiveMessage): void {
    if (name === "changed") this.#changed((data as { topic: string }).topic);
    else if (name === "chunk") this.#chunk(data as LiveChunk);
    else if (!(data as { resumed: boolean }).resumed) for (const topic of this.#subscribers.keys()) this.#changed(topic);
  }

  #changed(topic: string): void {
    for (const subscriber of this.#subscribers.get(topic) ?? []) subscriber.onChange?.();
  }

  #chunk(chunk: LiveChunk): void {
    for (const subscriber of this.#subscribers.get(`run:${chunk.runId}`) ?? []) subscriber.onChunk?.(chunk);
  }

  #setStatus(status: LiveStatus): void {
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }
}
