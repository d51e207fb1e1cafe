import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveHub } from "./live-hub";
import type { StreamCallbacks } from "./live-stream";
import type { TabChannel, TabMessage } from "./tab-channel";

/** The tabs of one browser: messages reach all others, the first one leads until it closes. */
class Browser {
  readonly streams: { topics: string[]; callbacks: StreamCallbacks; isClosed: boolean }[] = [];
  readonly #tabs: { listener: (message: TabMessage) => void; begin: () => void }[] = [];

  openTab(): LiveHub {
    const tab = { listener: (_: TabMessage) => {}, begin: () => {} };
    this.#tabs.push(tab);
    const channel: TabChannel = {
      send: (message) => this.#tabs.filter((other) => other !== tab).forEach(({ listener }) => listener(message)),
      onMessage: (listener) => {
        tab.listener = listener;
      },
      lead: (begin) => {
        tab.begin = begin;
        if (this.#tabs[0] === tab) begin();
      },
      close: () => {
        const led = this.#tabs[0] === tab;
        this.#tabs.splice(this.#tabs.indexOf(tab), 1);
        if (led) this.#tabs[0]?.begin();
      },
    };
    return new LiveHub({ channel, openStream: (callbacks) => this.#openStream(callbacks) });
  }

  #openStream(callbacks: StreamCallbacks) {
    const stream = { topics: [] as string[], callbacks, isClosed: false };
    this.streams.push(stream);
    return {
      setTopics: (topics: string[]) => {
        stream.topics = topics;
      },
      close: () => {
        stream.isClosed = true;
      },
    };
  }
}

const run = (digit: string) => `run:${digit.repeat(8)}-0000-7000-8000-000000000000`;

describe("LiveHub", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("needs nothing that only secure origins have", () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    expect(() => new Browser().openTab().close()).not.toThrow();
    vi.unstubAllGlobals();
  });

  it("holds one stream for the topics of all tabs", () => {
    const browser = new Browser();
    const [first, second] = [browser.openTab(), browser.openTab()];
    first.subscribe("runs", {});
    const leave = second.subscribe(run("a"), {});
    vi.advanceTimersByTime(100);
    expect(browser.streams.map(({ topics }) => topics)).toEqual([[run("a"), "runs"]]);
    leave();
    vi.advanceTimersByTime(100);
    expect(browser.streams[0]!.topics).toEqual(["runs"]);
  });

  it("passes messages on to the tabs that asked for them", () => {
    const browser = new Browser();
    const [first, second] = [browser.openTab(), browser.openTab()];
    const heard: string[] = [];
    first.subscribe("runs", { onChange: () => heard.push("first") });
    second.subscribe(run("a"), { onChange: () => heard.push("second"), onChunk: ({ chunk }) => heard.push(chunk) });
    const { onMessage } = browser.streams[0]!.callbacks;
    onMessage({ name: "changed", data: { topic: run("a") } });
    onMessage({ name: "chunk", data: { runId: run("a").slice(4), path: "ask", chunk: "hello" } });
    onMessage({ name: "ready", data: { resumed: true } });
    expect(heard).toEqual(["second", "hello"]);
    onMessage({ name: "ready", data: { resumed: false } });
    expect(heard).toEqual(["second", "hello", "second", "first"]);
  });

  it("tells a tab that is opened later how the stream is", () => {
    const browser = new Browser();
    const first = browser.openTab();
    first.subscribe("runs", {});
    browser.streams[0]!.callbacks.onStatus("open");
    const second = browser.openTab();
    second.subscribe("runs", {});
    expect(second.status).toBe("open");
  });

  it("hands the stream to another tab when the leading one is closed", () => {
    const browser = new Browser();
    const [first, second, third] = [browser.openTab(), browser.openTab(), browser.openTab()];
    first.subscribe("runs", {});
    second.subscribe(run("a"), {});
    third.subscribe(run("b"), {});
    vi.advanceTimersByTime(100);
    first.close();
    vi.advanceTimersByTime(100);
    expect(browser.streams.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(browser.streams[1]!.topics).toEqual([run("a"), run("b")]);
  });

  it("forgets a tab that vanished without a word", () => {
    const browser = new Browser();
    const leader = browser.openTab();
    leader.subscribe("runs", {});
    const vanished = browser.openTab();
    vanished.subscribe(run("a"), {});
    vi.advanceTimersByTime(100);
    vi.clearAllTimers();
    vi.setSystemTime(Date.now() + 10 * 60_000);
    leader.subscribe(run("b"), {});
    vi.advanceTimersByTime(100);
    expect(browser.streams[0]!.topics).toEqual([run("b"), "runs"]);
  });
});
