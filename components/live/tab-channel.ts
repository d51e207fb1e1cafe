import type { LiveMessage, LiveStatus } from "./live-stream";

/** What the tabs of one browser tell each other. */
export type TabMessage =
  /** Topics that a tab needs; repeated now and then, so that a tab that died is forgotten. */
  | { type: "want"; tab: string; topics: string[] }
  | { type: "bye"; tab: string }
  /** From a new leader: say what you want. */
  | { type: "ask" }
  | { type: "message"; message: LiveMessage }
  | { type: "status"; status: LiveStatus };

/** How tabs reach each other and agree on the one that holds the stream. */
export interface TabChannel {
  send: (message: TabMessage) => void;
  onMessage: (listener: (message: TabMessage) => void) => void;
  /** Calls back once this tab leads, which lasts until it is closed. */
  lead: (begin: () => void) => void;
  close: () => void;
}

/** Locks and channels need a secure origin; without them every tab leads itself. */
export function openTabChannel(name: string): TabChannel {
  if (typeof BroadcastChannel === "undefined" || navigator.locks === undefined) return lonelyChannel();
  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  const { signal } = leaving;
  let release: () => void = () => undefined;
  return {
    // What is under way when the tab leaves has nobody to tell any more.
    send: (message) => (signal.aborted ? undefined : channel.postMessage(message)),
    onMessage: (listener) => {
      channel.onmessage = (event: MessageEvent<TabMessage>) => listener(event.data);
    },
    lead: (begin) => {
      const hold = () =>
        new Promise<void>((resolve) => {
          release = resolve;
          begin();
        });
      // Rejects only when the tab leaves before it was its turn.
      navigator.locks.request(name, { signal }, hold).catch(() => undefined);
    },
    close: () => {
      leaving.abort();
      release();
      channel.close();
    },
  };
}

function lonelyChannel(): TabChannel {
  return { send: () => undefined, onMessage: () => undefined, lead: (begin) => begin(), close: () => undefined };
}
