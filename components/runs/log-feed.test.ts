import { describe, expect, it } from "vitest";
import { LINES_PER_PAGE, LogFeed } from "./log-feed";

const line = (number: number) => ({ id: String(number), at: "2026-11-02T09:00:00.000Z", path: "slow", attempt: 1, level: "info" as const, message: `line ${number}`, fields: null });
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(from + index));

/** A log that grows: pages go on after the cursor, and of a run that goes on there is always a next one. */
function growing() {
  const written = lines(0, 3);
  const asked: (string | undefined)[] = [];
  const feed = new LogFeed((cursor) => {
    asked.push(cursor);
    const items = written.filter(({ id }) => Number(id) > Number(cursor ?? -1)).slice(0, LINES_PER_PAGE);
    return Promise.resolve({ items, nextCursor: items.at(-1)?.id ?? cursor ?? null });
  });
  return { written, asked, feed };
}

describe("the log of a run", () => {
  it("goes on after the last line at each pull, and adds no line twice", async () => {
    const { written, asked, feed } = growing();
    await feed.pull();
    expect(feed.read().lines).toHaveLength(3);
    written.push(...lines(3, 5));
    await feed.pull();
    await feed.pull();
    expect(feed.read().lines.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4"]);
    expect(asked).toEqual([undefined, "2", "4"]);
  });

  it("asks once more for all the pulls that come while a question is under way", async () => {
    const { written, asked, feed } = growing();
    const first = feed.pull();
    void feed.pull();
    void feed.pull();
    written.push(...lines(3, 4));
    await first;
    expect(asked).toHaveLength(2);
    expect(feed.read().lines).toHaveLength(4);
  });

  it("reads page by page, and keeps the newest lines of very many", async () => {
    const { written, feed } = growing();
    written.push(...lines(3, 5_450));
    await feed.pull();
    expect(feed.read()).toMatchObject({ hidden: 450, state: "ready" });
    expect(feed.read().lines).toHaveLength(5_000);
    expect(feed.read().lines.at(-1)?.id).toBe("5449");
  });

  it("keeps its lines when a question fails, and goes on at the next pull", async () => {
    let isAway = false;
    const feed = new LogFeed((cursor) => (isAway ? Promise.reject(new Error("away")) : Promise.resolve({ items: lines(Number(cursor ?? -1) + 1, Number(cursor ?? -1) + 2), nextCursor: String(Number(cursor ?? -1) + 1) })));
    await feed.pull();
    isAway = true;
    await feed.pull();
    expect(feed.read()).toMatchObject({ state: "failed" });
    isAway = false;
    await feed.pull();
    expect(feed.read()).toMatchObject({ state: "ready", error: null });
    expect(feed.read().lines.map(({ id }) => id)).toEqual(["0", "1"]);
  });

  it("gives the same list while nothing was written", async () => {
    const { feed } = growing();
    await feed.pull();
    const { lines: before } = feed.read();
    await feed.pull();
    expect(feed.read().lines).toBe(before);
  });
});
