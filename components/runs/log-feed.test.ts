import { describe, expect, it } from "vitest";
import { LINES_PER_PAGE, LogFeed, type LogQuestion } from "./log-feed";

const line = (number: number) => ({ id: String(number), at: "2026-11-02T09:00:00.000Z", path: "slow", attempt: 1, level: "info" as const, message: `line ${number}`, fields: null });
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(from + index));

const pageOf = (written: readonly ReturnType<typeof line>[], question: LogQuestion) => {
  if ("after" in question) {
    const items = written.filter(({ id }) => Number(id) > Number(question.after)).slice(0, LINES_PER_PAGE);
    return { items, nextCursor: items.at(-1)?.id ?? question.after };
  }
  const before = question.before === "end" ? written : written.filter(({ id }) => Number(id) < Number(question.before));
  const items = before.slice(-LINES_PER_PAGE);
  return { items, nextCursor: before.length > items.length ? items[0]!.id : null };
};

/** A log that grows: pages go on after the cursor, and of a run that goes on there is always a next one. */
function growing(count = 3) {
  const written = lines(1, count + 1);
  const asked: LogQuestion[] = [];
  const feed = new LogFeed((question) => {
    asked.push(question);
    return Promise.resolve(pageOf(written, question));
  });
  return { written, asked, feed };
}

const idsOf = (feed: LogFeed) => feed.read().lines.map(({ id }) => Number(id));

describe("the log of a run", () => {
  it("begins with its end, goes on after the last line at each pull, and adds no line twice", async () => {
    const { written, asked, feed } = growing();
    await feed.pull();
    expect(feed.read()).toMatchObject({ hasOlder: false, count: 3, state: "ready" });
    written.push(...lines(4, 6));
    await feed.pull();
    await feed.pull();
    expect(idsOf(feed)).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([{ before: "end" }, { after: "3" }, { after: "5" }]);
  });

  it("asks once more for all the pulls that come while a question is under way", async () => {
    const { written, asked, feed } = growing();
    const first = feed.pull();
    void feed.pull();
    void feed.pull();
    written.push(...lines(4, 5));
    await first;
    expect(asked).toHaveLength(2);
    expect(feed.read().lines).toHaveLength(4);
  });

  it("shows the end of very many lines at once, and all of them page by page", async () => {
    const { asked, feed } = growing(650);
    await feed.pull();
    expect(asked).toHaveLength(1);
    expect(idsOf(feed)).toEqual(lines(451, 651).map(({ id }) => Number(id)));
    for (let count = 0; count < 4; count++) await feed.older();
    expect(idsOf(feed)).toEqual(lines(1, 651).map(({ id }) => Number(id)));
    expect(feed.read()).toMatchObject({ hasOlder: false, count: 200 });
    expect(asked).toHaveLength(4);
  });

  it("lets go of the oldest lines of a log that is followed for long, and loads them again", async () => {
    const { written, feed } = growing();
    await feed.pull();
    written.push(...lines(4, 5_451));
    await feed.pull();
    expect(feed.read()).toMatchObject({ hasOlder: true, count: 5_450 });
    expect([idsOf(feed).length, idsOf(feed).at(-1)]).toEqual([5_000, 5_450]);
    await feed.older();
    expect([idsOf(feed).length, idsOf(feed)[0]]).toEqual([5_200, 251]);
  });

  it("keeps its lines when a question fails, and goes on at the next pull", async () => {
    const written = lines(1, 2);
    let isAway = false;
    const feed = new LogFeed((question) => (isAway ? Promise.reject(new Error("away")) : Promise.resolve(pageOf(written, question))));
    await feed.pull();
    isAway = true;
    await feed.pull();
    expect(feed.read()).toMatchObject({ state: "failed", lines: [{ id: "1" }] });
    isAway = false;
    written.push(line(2));
    await feed.pull();
    expect(feed.read()).toMatchObject({ state: "ready", error: null });
    expect(idsOf(feed)).toEqual([1, 2]);
  });

  it("gives the same list while nothing was written", async () => {
    const { feed } = growing();
    await feed.pull();
    const { lines: before } = feed.read();
    await feed.pull();
    expect(feed.read().lines).toBe(before);
  });
});
