import { randomBytes } from "node:crypto";
import { z } from "zod";
import { env } from "@/server/env";
import { presenceBoard, presenceNoticeSchema } from "@/server/presence/service";
import type { LiveChunk } from "./contract";
import { NoticeListener, type Channel } from "./notices";

/** What a subscriber hears. `seq` rises by one with every change in the hub. */
export type LiveEvent = { seq: number; topic: string; chunk?: LiveChunk };

export interface Subscriber {
  workspaceId: string;
  topics: ReadonlySet<string>;
  /** Somebody's rights have changed in this organization (`*`: anywhere), or somebody was signed out. */
  accessChanged?(organizationId: string): void;
  hear(event: LiveEvent): void;
  /** Changes may have been missed: everything has to be asked for again. */
  missed(): void;
}

/** How far back a stream can be resumed: so many topics and so many chunks. */
const REMEMBERED_TOPICS = 20_000;
const REMEMBERED_CHUNKS = 2_000;
const SWEEP_PRESENCE_MS = 5_000;

const TOPICS_OF: Readonly<Record<Exclude<Channel, "millrace_stream" | "millrace_presence" | "millrace_access">, (id: string) => string[]>> = {
  millrace_run: (id) => ["runs", `run:${id}`],
  millrace_workflow: (id) => ["workflows", `workflow:${id}`],
  millrace_trigger: (id) => ["triggers", `trigger:${id}`],
  millrace_alert: () => ["alerts"],
  millrace_view: () => ["views"],
};

const chunkSchema = z.object({ runId: z.string(), workspaceId: z.string(), path: z.string(), chunk: z.string() });

/** Spreads what the database tells to the streams of this process, and remembers enough to resume them. */
export class LiveHub {
  /** Another process, or a lost connection, is another memory: nothing can be resumed across it. */
  id = newMemory();
  seq = 0;
  /** Changes up to here may be forgotten. */
  private floor = 0;
  private readonly lastChange = new Map<string, number>();
  private chunks: (LiveEvent & { workspaceId: string })[] = [];
  private readonly byWorkspace = new Map<string, Set<Subscriber>>();
  private wasConnected = false;

  connected(): void {
    if (this.wasConnected) {
      this.id = newMemory();
      this.floor = this.seq;
      this.lastChange.clear();
      this.chunks = [];
    }
    this.wasConnected = true;
    for (const subscribers of this.byWorkspace.values()) for (const subscriber of subscribers) subscriber.missed();
  }

  notice(channel: Channel, payload: string): void {
    if (channel === "millrace_stream") return this.noticeChunk(payload);
    if (channel === "millrace_presence") return this.noticePresence(payload);
    if (channel === "millrace_access") return this.authorizeAll(payload);
    for (const pair of payload.split(",")) {
      const [workspaceId, id] = pair.split("/");
      if (workspaceId === undefined || id === undefined) continue;
      for (const topic of TOPICS_OF[channel](id)) this.changed(workspaceId, topic);
    }
  }

  subscribe(subscriber: Subscriber): () => void {
    const subscribers = this.byWorkspace.get(subscriber.workspaceId) ?? new Set();
    this.byWorkspace.set(subscriber.workspaceId, subscribers.add(subscriber));
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size === 0 && this.byWorkspace.get(subscriber.workspaceId) === subscribers) this.byWorkspace.delete(subscriber.workspaceId);
    };
  }

  /** What a subscriber missed since the message it names; null when that is not remembered. */
  since(subscriber: Subscriber, lastId: string): LiveEvent[] | null {
    const [memory, number] = lastId.split(".");
    const seen = Number(number);
    if (memory !== this.id || !Number.isInteger(seen) || seen < this.floor || seen > this.seq) return null;
    const changes = [...subscriber.topics].flatMap((topic) => {
      const seq = this.lastChange.get(`${subscriber.workspaceId} ${topic}`);
      return seq !== undefined && seq > seen ? [{ seq, topic }] : [];
    });
    const chunks = this.chunks.filter((event) => event.seq > seen && event.workspaceId === subscriber.workspaceId && subscriber.topics.has(event.topic));
    return [...changes, ...chunks].sort((one, other) => one.seq - other.seq);
  }

  private authorizeAll(organizationId: string): void {
    for (const subscribers of this.byWorkspace.values()) {
      for (const subscriber of subscribers) subscriber.accessChanged?.(organizationId);
    }
  }

  private noticePresence(payload: string): void {
    const { data } = presenceNoticeSchema.safeParse(parseJson(payload));
    if (data !== undefined && presenceBoard().hear(data)) this.changed(data.workspaceId, `presence:${data.workflowId}`);
  }

  /** Tells of pages that went without a word. */
  sweepPresence(): void {
    for (const { workspaceId, workflowId } of presenceBoard().sweep()) this.changed(workspaceId, `presence:${workflowId}`);
  }

  private changed(workspaceId: string, topic: string): void {
    const key = `${workspaceId} ${topic}`;
    this.seq += 1;
    this.lastChange.delete(key);
    this.lastChange.set(key, this.seq);
    if (this.lastChange.size > REMEMBERED_TOPICS) this.forgetOldestTopic();
    this.tell(workspaceId, { seq: this.seq, topic });
  }

  private forgetOldestTopic(): void {
    const [oldest] = this.lastChange;
    if (oldest === undefined) return;
    this.lastChange.delete(oldest[0]);
    this.floor = Math.max(this.floor, oldest[1]);
  }

  private noticeChunk(payload: string): void {
    const parsed = chunkSchema.safeParse(parseJson(payload));
    if (!parsed.success) return;
    const { workspaceId, ...chunk } = parsed.data;
    this.seq += 1;
    const event = { seq: this.seq, topic: `run:${chunk.runId}`, chunk };
    this.chunks.push({ ...event, workspaceId });
    if (this.chunks.length > REMEMBERED_CHUNKS) this.floor = Math.max(this.floor, this.chunks.shift()!.seq);
    this.tell(workspaceId, event);
  }

  private tell(workspaceId: string, event: LiveEvent): void {
    for (const subscriber of this.byWorkspace.get(workspaceId) ?? []) if (subscriber.topics.has(event.topic)) subscriber.hear(event);
  }
}

function newMemory(): string {
  return randomBytes(6).toString("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface Running {
  hub: LiveHub;
  listener: NoticeListener;
  sweeping: NodeJS.Timeout;
}

// A development server reloads modules; the hub and its connection survive it here.
const holder = globalThis as typeof globalThis & { millraceLive?: Running };

/** The process's hub, listening from its first use on. */
export function liveHub(): LiveHub {
  return (holder.millraceLive ??= listen()).hub;
}

function listen(): Running {
  const hub = new LiveHub();
  const listener = new NoticeListener(env.DATABASE_DIRECT_URL);
  listener.on("connected", () => hub.connected());
  listener.on("notice", (channel, payload) => hub.notice(channel, payload));
  listener.start();
  const sweeping = setInterval(() => hub.sweepPresence(), SWEEP_PRESENCE_MS);
  sweeping.unref();
  return { hub, listener, sweeping };
}

/** For processes that end by themselves. */
export async function closeLiveHub(): Promise<void> {
  const running = holder.millraceLive;
  delete holder.millraceLive;
  clearInterval(running?.sweeping);
  await running?.listener.stop();
}
