import type { NewEvent, RecordedEvent } from "@/server/triggers/new-event";

/** A trigger as its listener sees it. */
export interface ListeningTrigger<Config = Record<string, unknown>> {
  id: string;
  workspaceId: string;
  name: string;
  /** Checked against the kind's schema, defaults filled in. */
  config: Config;
  /** What the last listener noted by `checkpoint`; null at first. */
  checkpoint: unknown;
}

export interface ListenerPorts {
  /**
   * Resolves when the event is durable: acknowledge it at the other side then, and not before. Rejects when it could not be stored,
   * and from then on: end, and begin again from what is not acknowledged. Events are recorded in the order of the calls.
   */
  record(event: Omit<NewEvent, "trigger">): Promise<RecordedEvent>;
  /** Aborted when the trigger is changed, suspended for good, disabled or deleted, when the lease is lost, and at shutdown. */
  signal: AbortSignal;
  /** Durable, fenced: only the process that holds the lease writes it. */
  checkpoint(value: unknown): Promise<void>;
  /** Value of a secret of the trigger's workspace; null when there is none. Never log it. */
  secret(name: string): Promise<string | null>;
  /** Shown with the trigger: `listening` once events can come, `details` such as a lag. */
  report(state: "connecting" | "listening", details?: Record<string, unknown>): void;
}

/**
 * Listens for one trigger. Exactly one process does so at a time (by lease). Ends when `signal` is aborted, having closed what it
 * opened; throws when it cannot go on, and is started again with backoff, here or in another process.
 */
export interface Listener {
  type: "listener";
  listen(trigger: ListeningTrigger, ports: ListenerPorts): Promise<void>;
}

/**
 * One server in each worker process for all triggers of a kind (a port that mail comes to). It finds the trigger of what comes
 * by itself and records it through `record`.
 */
export interface SharedServer {
  type: "server";
  serve(ports: { record(event: NewEvent): Promise<RecordedEvent>; signal: AbortSignal; log(message: string, fields?: Record<string, unknown>): void }): Promise<void>;
}

/** Something at a provider that sends events to an address of ours. */
export interface Subscribed {
  /** Checked against the kind's schema, defaults filled in. */
  config: Record<string, unknown>;
  /** Where the provider sends events: unique, so that what is there already is found again by it. */
  address: string;
  /** Made here for this trigger alone; the provider signs with it. */
  signingSecret: string;
}

export type ProviderPorts = Pick<ListenerPorts, "secret" | "signal">;

/** How a kind makes, renews and takes away what it needs at a provider. All of it may be repeated, after a crash in the middle too. */
export interface ProviderSubscription {
  /** Where at the provider it is: with another place, or another address, it is another subscription. */
  placeOf(config: Record<string, unknown>): string;
  /** It is there, once and as wanted, when this resolves. Answers when to look again at the latest. */
  ensure(wanted: Subscribed, ports: ProviderPorts): Promise<{ renewInSeconds: number; details?: Record<string, unknown> }>;
  /** It is not there any more, or never was, when this resolves. */
  remove(unwanted: Subscribed, ports: ProviderPorts): Promise<void>;
}

/** Thrown by those: the provider says when to try again. */
export class TryLater extends Error {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

export type Kept =
  | { isKept: true; details: Record<string, unknown> }
  /** It was taken away; `problem`: against the will of whoever set the trigger. */
  | { isKept: false; details: Record<string, unknown>; problem: string | null };

/** How the events of a kind come in. */
export type TriggerSource = (
  | Listener
  | SharedServer
  /** A request to the web process records it. */
  | { type: "request" }
  /** A tick of the scheduler or of a worker records it, by the trigger's next time. */
  | { type: "clock" }
  /** Another part of Millrace records it. */
  | { type: "platform" }
) & {
  /** What the kind has at a provider while the trigger is enabled. `subscriptions.ts` keeps it. */
  subscription?: ProviderSubscription;
  /** When a trigger was disabled or deleted, and nobody listens for it any more: takes that away again. May be repeated. */
  cleanUp?(trigger: ListeningTrigger, ports: Pick<ListenerPorts, "secret">, why: "disabled" | "deleted"): Promise<void>;
  /** While a trigger is paused or disabled and what it made stays: how much the other side keeps for it, taken away where that is too much or not wanted. Null: there is nothing. */
  lookAtKept?(trigger: ListeningTrigger, ports: Pick<ListenerPorts, "secret">, why: "paused" | "disabled"): Promise<Kept | null>;
  /** Where that is: when a changed config has another place, it is taken away at the old one. */
  placeOf?(config: Record<string, unknown>): string;
  /** Whether two places with different names are one. */
  isSamePlace?(one: ListeningTrigger, other: ListeningTrigger, ports: Pick<ListenerPorts, "secret">): Promise<boolean>;
};
