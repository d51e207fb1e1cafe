import { newId } from "@/server/db/id";
import { encodeGiven } from "@/server/queue/given-values";
import { readTriggerSecret } from "@/server/secrets/service";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { recordEvent } from "@/server/triggers/intake";
import { pause } from "@/server/queue/repeat";
import { isTriggerKind, TRIGGER_KINDS } from "@/server/triggers/kinds";
import { Lane } from "@/server/triggers/lane";
import { problemOf } from "@/server/triggers/listener-problem";
import { giveBackTrigger, LISTENER_LEASE_SECONDS, type LeasedTrigger, renewTriggers, takeTriggers, writeCheckpoint, writeHealth } from "@/server/triggers/lease-rows";
import type { Listener, ListenerPorts } from "@/server/triggers/source";
import { kindsOfType, sourceOf } from "@/server/triggers/sources";

const BEAT_MS = 2_000;
const GUARD_MS = 500;
/** So many at a time, so that others get their share; while there are more, the next beat comes soon. */
const TAKEN_AT_ONCE = 20;
const NEXT_BATCH_MS = 100;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;
/** A listener that went well for so long begins again without delay. */
const SETTLED_MS = 30_000;

interface Held {
  trigger: LeasedTrigger;
  stop: AbortController;
  /** By this process's own clock: when the lease was last confirmed. */
  confirmedAt: number;
  done: Promise<void>;
  /** Once its end has begun. */
  ended?: Promise<void>;
  /** Since it last connected. */
  hasListened: boolean;
}

/** Keeps one listener alive for each trigger that this process holds the lease of. */
export class Listeners {
  readonly #owner = newId();
  readonly #held = new Map<string, Held>();
  /** A stop waits for them, whoever began them. */
  readonly #ending = new Set<Promise<void>>();
  readonly #kinds: readonly string[];
  #timer: NodeJS.Timeout | undefined;
  #guard: NodeJS.Timeout | undefined;
  #stopped = false;
  #beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly report: (error: unknown) => void,
    kinds: readonly string[] = kindsOfType("listener"),
    private readonly listenerOf: (kind: string) => Listener | null = findListener,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#kinds = kinds;
  }

  start(): void {
    if (this.#kinds.length === 0) return;
    void this.#beat();
    // Apart from the beats: one whose query hangs must not keep a listener past its lease.
    this.#guard = setInterval(() => this.#endUnconfirmed(this.now()), GUARD_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#guard);
    await this.#beating;
    for (const held of this.#held.values()) void this.#end(held);
    await Promise.all(this.#ending);
  }

  get count(): number {
    return this.#held.size;
  }

  #beat(): Promise<void> {
    let isMore = false;
    this.#beating = this.#renewAndTake().then((taken) => void (isMore = taken === TAKEN_AT_ONCE), this.report);
    return this.#beating.then(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => void this.#beat(), isMore ? NEXT_BATCH_MS : BEAT_MS);
    });
  }

  /** Answers how many were taken. */
  async #renewAndTake(): Promise<number> {
    const askedAt = this.now();
    this.#endUnconfirmed(askedAt);
    const held = this.#alive();
    if (held.length > 0) {
      const kept = await renewTriggers(this.#owner, held.map(({ trigger }) => trigger));
      for (const one of held) {
        if (kept.has(one.trigger.id)) one.confirmedAt = askedAt;
        else void this.#end(one);
      }
    }
    if (this.#stopped) return 0;
    const taken = await takeTriggers(this.#owner, this.#kinds, TAKEN_AT_ONCE, this.#alive().map(({ trigger }) => trigger.id));
    for (const trigger of taken) this.#begin(trigger, askedAt);
    return taken.length;
  }

  #alive(): Held[] {
    return [...this.#held.values()].filter(({ stop }) => !stop.signal.aborted);
  }

  /**
   * While the database is away another process cannot take over either, but it could a moment after it is back. What is ended here is
   * given back and not renewed any more: whoever is first, this process too, takes it anew.
   */
  #endUnconfirmed(now: number): void {
    for (const held of this.#alive()) {
      if (now - held.confirmedAt > (LISTENER_LEASE_SECONDS * 1_000 * 2) / 3) void this.#end(held);
    }
  }

  #begin(trigger: LeasedTrigger, confirmedAt: number): void {
    const stop = new AbortController();
    const earlier = this.#held.get(trigger.id);
    if (earlier !== undefined) void this.#end(earlier);
    const held: Held = { trigger, stop, confirmedAt, done: Promise.resolve(), hasListened: false };
    this.#held.set(trigger.id, held);
    held.done = this.#keepListening(held).catch(this.report);
  }

  #end(held: Held): Promise<void> {
    if (held.ended !== undefined) return held.ended;
    held.stop.abort();
    const ended = this.#giveBack(held).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    return (held.ended = ended);
  }

  async #giveBack(held: Held): Promise<void> {
    await held.done;
    if (this.#held.get(held.trigger.id) === held) this.#held.delete(held.trigger.id);
    await giveBackTrigger(this.#owner, held.trigger).catch(this.report);
  }

  async #keepListening(held: Held): Promise<void> {
    const { trigger, stop: { signal } } = held;
    const listener = this.listenerOf(trigger.kind);
    if (listener === null) return;
    for (let retryMs = RETRY_FIRST_MS; !signal.aborted; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      const startedAt = performance.now();
      held.hasListened = false;
      try {
        const config = configOf(trigger);
        await this.#say(trigger, { state: "connecting" });
        if (signal.aborted) return;
        await listener.listen({ ...trigger, config }, this.#portsFor(held));
        if (signal.aborted) return;
        throw new Error("the connection ended");
      } catch (error) {
        if (signal.aborted) return;
        if (performance.now() - startedAt > SETTLED_MS) retryMs = RETRY_FIRST_MS;
        const message = problemOf(error, trigger.config, held.hasListened);
        await this.#say(trigger, { state: "failing", message, retryInMs: retryMs }, { code: "listener_failed", message });
        await pause(retryMs, signal);
      }
    }
  }

  #portsFor(held: Held): ListenerPorts {
    const { trigger, stop: { signal } } = held;
    const lane = new Lane();
    return {
      signal,
      record: async (event) => {
        // Whoever holds the lease now hears the same message again.
        if (signal.aborted) throw new Error("this listener has been stopped");
        const recorded = await recordEvent({ ...event, trigger: { id: trigger.id, workspaceId: trigger.workspaceId } }, (one) => lane.store(one));
        if (recorded.status !== "refused") return recorded;
        // It takes nothing in any more: what was not taken stays at the other side.
        void this.#end(held);
        throw new Error("the trigger takes nothing in any more");
      },
      checkpoint: async (value) => {
        trigger.checkpoint = value;
        if (!(await writeCheckpoint(this.#owner, trigger, encodeGiven("checkpoint", value)))) throw new Error("another process listens for this trigger now");
      },
      secret: (name) => readTriggerSecret(trigger, name),
      report: (state, details) => {
        if (state === "listening") held.hasListened = true;
        void this.#say(trigger, { state, ...details }, state === "listening" ? null : undefined);
      },
    };
  }

  async #say(trigger: LeasedTrigger, health: Record<string, unknown>, error?: { code: string; message: string } | null): Promise<void> {
    await writeHealth(this.#owner, trigger, { ...health, at: new Date().toISOString() }, error).catch(this.report);
    tellTriggerChanged(trigger.workspaceId, trigger.id);
  }
}

function findListener(kind: string): Listener | null {
  const source = isTriggerKind(kind) ? sourceOf(kind) : null;
  return source?.type === "listener" ? source : null;
}

function configOf({ kind, config }: LeasedTrigger): Record<string, unknown> {
  return isTriggerKind(kind) ? TRIGGER_KINDS[kind].config.parse(config) : config;
}
