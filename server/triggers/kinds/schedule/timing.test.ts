import { describe, expect, it } from "vitest";
import tables from "./fixtures/robfig-cron-tables.json";
import { decideSlots } from "./decide-slots";
import { scheduleConfig } from "./spec";
import { nextSlot, nextSlots, timingProblem } from "./timing";

const cron = (expression: string, timeZone = "UTC") => ({ timing: { type: "cron", expression } as const, timeZone });
const iso = (dates: (Date | null)[]) => dates.map((date) => date?.toISOString() ?? null);

/** What robfig/cron writes that is no cron field here: `?`-only names, steps after names, time zones in the text, descriptors. */
const isOwnSyntax = (spec: string) => /^(CRON_)?TZ=|^@|Mon\/2/.test(spec);

describe("cron tables of robfig/cron", () => {
  const utc = (text: string) => new Date(`${text.replace(/^\w+ /, "")} UTC`);

  it.each(tables.next.filter(({ spec, expectedNext }) => !isOwnSyntax(spec) && !/[T]/.test(expectedNext)))("$spec after $from", ({ from, spec, expectedNext }) => {
    // Both days restrict there when one begins with a star; here the usual rule holds: either.
    if (/\*\/\d+ \S+ Mon$/.test(spec)) return;
    const next = nextSlot(cron(spec), utc(from));
    expect(iso([next])).toEqual([expectedNext === "" ? null : utc(expectedNext).toISOString()]);
  });

  it.each(tables.errors)("refuses %s", (spec) => expect(timingProblem(cron(spec))).not.toBeNull());
});

describe("slots", () => {
  it("know seconds, names, L, W and #", () => {
    const first = (expression: string) => iso([nextSlot(cron(expression), new Date("2024-06-01T00:00:00Z"))])[0];
    expect(first("30 0 9 * JAN MON")).toBe("2025-01-06T09:00:30.000Z");
    expect(first("0 0 L * *")).toBe("2024-06-30T00:00:00.000Z");
    expect(first("0 0 * * 5L")).toBe("2024-06-28T00:00:00.000Z");
    expect(first("0 0 15W * *")).toBe("2024-06-14T00:00:00.000Z");
    expect(first("0 0 * * 1#2")).toBe("2024-06-10T00:00:00.000Z");
  });

  it("of a fixed hour that does not exist come right after the gap, and once when an hour repeats", () => {
    expect(iso(nextSlots(cron("30 2 * * *", "America/New_York"), new Date("2012-03-10T12:00:00Z"), 2))).toEqual(["2012-03-11T07:00:00.000Z", "2012-03-12T06:30:00.000Z"]);
    expect(iso(nextSlots(cron("30 1 * * *", "America/New_York"), new Date("2012-11-03T12:00:00Z"), 2))).toEqual(["2012-11-04T05:30:00.000Z", "2012-11-05T06:30:00.000Z"]);
  });

  it("of every hour go on through both", () => {
    expect(iso(nextSlots(cron("0 * * * *", "America/New_York"), new Date("2012-03-11T05:30:00Z"), 3))).toEqual(["2012-03-11T06:00:00.000Z", "2012-03-11T07:00:00.000Z", "2012-03-11T08:00:00.000Z"]);
    expect(iso(nextSlots(cron("0 * * * *", "America/New_York"), new Date("2012-11-04T04:30:00Z"), 3))).toEqual(["2012-11-04T05:00:00.000Z", "2012-11-04T06:00:00.000Z", "2012-11-04T07:00:00.000Z"]);
  });

  it("come every so often from a moment on, or once", () => {
    const every = { timing: { type: "every", seconds: 90, from: "2024-01-01T00:00:10Z" } as const, timeZone: "UTC" };
    expect(iso(nextSlots(every, new Date("2024-01-01T00:00:00Z"), 2))).toEqual(["2024-01-01T00:00:10.000Z", "2024-01-01T00:01:40.000Z"]);
    const once = { timing: { type: "once", at: "2024-01-01T00:00:00+02:00" } as const, timeZone: "UTC" };
    expect([nextSlot(once, new Date("2023-12-31T21:59:59Z"))?.toISOString(), nextSlot(once, new Date("2023-12-31T22:00:00Z"))]).toEqual(["2023-12-31T22:00:00.000Z", null]);
  });

  it("name what is wrong", () => {
    expect(timingProblem(cron("* * * * *", "Nowhere/City"))).toMatchObject({ path: "/timeZone" });
    expect(timingProblem(cron("* * * * * * *"))).toMatchObject({ path: "/timing/expression" });
    expect(timingProblem(cron("0 0 31 2 *"))).toMatchObject({ message: "there is no such day" });
  });
});

describe("what becomes of slots that are due", () => {
  const config = (more: Record<string, unknown>) => scheduleConfig.parse({ timing: { type: "every", seconds: 60 }, graceSeconds: 30, ...more });
  const at = (text: string) => new Date(`2024-01-01T${text}Z`);
  const decide = (more: Record<string, unknown>, now = at("01:05:10"), dueSlot = at("01:00:00")) => {
    const { start, missed, next } = decideSlots({ id: "t", dueSlot, config: config(more) }, now);
    return { start: start.map(({ slot }) => slot.toISOString().slice(11, 16)), missed: missed.reduce((sum, { count }) => sum + count, 0), next: next?.toISOString().slice(11, 16) };
  };

  it("follows the policy for those that nobody was there for", () => {
    expect(decide({ catchUp: "none" })).toEqual({ start: ["01:05"], missed: 5, next: "01:06" });
    expect(decide({ catchUp: "last" })).toEqual({ start: ["01:04", "01:05"], missed: 4, next: "01:06" });
    expect(decide({ catchUp: "all", catchUpLimit: 3 })).toEqual({ start: ["01:02", "01:03", "01:04", "01:05"], missed: 2, next: "01:06" });
  });

  it("tells of a long time without making a row for each", () => {
    const { start, missed } = decideSlots({ id: "t", dueSlot: new Date("2020-01-01T00:00:00Z"), config: config({ timing: { type: "every", seconds: 1 }, catchUp: "last" }) }, at("01:00:00"));
    expect(start.length).toBeLessThan(40);
    expect(missed.length).toBeLessThan(60);
    expect(missed[0]).toMatchObject({ slot: new Date("2020-01-01T00:00:00Z"), code: "late" });
  });

  it("says that it was paused, and goes on after it", () => {
    expect(decideSlots({ id: "t", dueSlot: at("01:00:00"), config: config({ pauseUntil: "2024-01-02T00:00:00Z" }) }, at("01:00:01"))).toMatchObject({ start: [], missed: [{ code: "paused" }], next: new Date("2024-01-02T00:00:00Z") });
  });

  it("delays each slot by the same, whoever computes it", () => {
    const due = () => decideSlots({ id: "t", dueSlot: at("01:00:00"), config: config({ jitterSeconds: 20, catchUp: "all" }) }, at("01:05:00")).start.map(({ slot, dueAt }) => dueAt.getTime() - slot.getTime());
    expect(due()).toEqual(due());
    expect(new Set(due()).size).toBeGreaterThan(1);
    expect(due().every((ms) => ms >= 0 && ms <= 20_000)).toBe(true);
  });
});
