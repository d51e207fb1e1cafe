import { describe, expect, it } from "vitest";
import tables from "./fixtures/robfig-cron-tables.json";
import { decideSlots } from "./decide-slots";
import { scheduleConfig } from "./spec";
import { nextSlot, nextSlots, slotsBetween, timingProblem } from "./timing";

const cron = (expression: string, timeZone = "UTC") => ({ timing: { type: "cron", expression } as const, timeZone });
const iso = (dates: (Date | null)[]) => dates.map((date) => date?.toISOString() ?? null);

describe("cron tables of robfig/cron", () => {
  const without = (text: string) => text.replace(/^(CRON_)?TZ=\S+ /, "");
  const moment = (text: string) => new Date(/^[A-Z][a-z]{2} /.test(text) ? `${text.slice(4)} UTC` : without(text).replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  const zoneOf = (...texts: string[]) => texts.map((text) => /^(?:CRON_)?TZ=(\S+) /.exec(text)?.[1]).find((zone) => zone !== undefined) ?? "UTC";

  /** Around clock changes the policy differs on purpose: there a slot in the gap is passed over, and one in a repeated hour comes twice. */
  const OTHERWISE = new Map([
    ["2012-03-11T00:00:00-0500 0 30 2 11 Mar ?", "2012-03-11T03:00:00-0400"],
    ["2012-03-11T00:00:00-0500 0 0 2 * * ?", "2012-03-11T03:00:00-0400"],
    ["2012-11-04T01:45:00-0400 0 30 1 04 Nov ?", "2013-11-04T01:30:00-0500"],
    ["2012-11-04T01:00:00-0400 0 0 1 * * ?", "2012-11-05T01:00:00-0500"],
  ]);

  it.each([...tables.next, ...tables.nextWithTz])("$spec after $from", ({ from, spec, expectedNext }) => {
    const expected = OTHERWISE.get(`${without(from)} ${without(spec)}`) ?? expectedNext;
    const zone = "+0530" === from.slice(-5) ? "Asia/Kolkata" : zoneOf(from, spec);
    expect(iso([nextSlot(cron(without(spec), zone), moment(from))])).toEqual([expected === "" ? null : moment(expected).toISOString()]);
  });

  it.each(tables.activation)("$spec at $time", ({ time, spec, active }) => {
    expect(nextSlot(cron(spec), new Date(moment(time).getTime() - 1_000))?.getTime() === moment(time).getTime()).toBe(active);
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

  it.each([
    ["America/New_York", "2012-03-10T00:00:00Z"],
    ["America/New_York", "2012-11-03T00:00:00Z"],
    ["Europe/Berlin", "2026-03-28T00:00:00Z"],
    ["Europe/Berlin", "2026-10-24T00:00:00Z"],
    // At midnight, and by half an hour.
    ["America/Sao_Paulo", "2018-11-03T00:00:00Z"],
    ["America/Sao_Paulo", "2018-02-17T00:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T00:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T00:00:00Z"],
    // A day that was left out.
    ["Pacific/Apia", "2011-12-29T00:00:00Z"],
  ])("are what clocks in %s show from %s on, whatever lists, ranges and steps they are written as", (timeZone, from) => {
    const begin = new Date(from).getTime();
    const shown = shownBy(timeZone, begin, begin + 3 * 86_400_000);
    for (const [expression, isOpen, isEveryHour] of [
      ["0 2,14 * * *", false, false], ["15,45 2 * * *", false, false], ["*/15 2 * * *", false, false], ["0 0,12 * * *", false, false], ["0,30 1 * * *", false, false],
      ["30 0-4 * * *", false, false], ["20 1-23/2 * * *", false, false], ["0 */2 * * *", true, false], ["30 * * * *", true, true], ["*/10 * * * *", true, true],
    ] as const) {
      const expected = slotsByWatching({ expression, isOpen, isEveryHour }, shown, begin);
      expect([expression, ...nextSlots(cron(expression, timeZone), new Date(begin), expected.length)].map(String)).toEqual([expression, ...expected.map((at) => new Date(at))].map(String));
      // Whatever moment is asked from.
      for (let at = begin; at < expected.at(-1)!; at += 7_260_000) expect([expression, at, nextSlot(cron(expression, timeZone), new Date(at))?.getTime()]).toEqual([expression, at, expected.find((slot) => slot > at)]);
    }
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

  it("counts those of an operator's pause together, and goes on with those after it", () => {
    const decided = decideSlots({ id: "t", dueSlot: at("01:00:00"), config: config({ catchUp: "all" }), pausedUntil: at("01:03:00") }, at("01:05:10"));
    expect(decided.missed).toMatchObject([{ slot: at("01:00:00"), until: at("01:02:00"), count: 3, code: "paused", heldUpUntil: at("01:03:00") }]);
    expect(decided.start.map(({ slot }) => slot)).toEqual([at("01:03:00"), at("01:04:00"), at("01:05:00")]);
    const whole = decideSlots({ id: "t", dueSlot: new Date("2020-01-01T00:00:00Z"), config: config({ timing: { type: "every", seconds: 1 } }), pausedUntil: at("02:00:00") }, at("01:00:00"));
    expect(whole).toMatchObject({ start: [], missed: [{ slot: new Date("2020-01-01T00:00:00Z"), until: at("01:00:00"), message: "and more, paused until 2024-01-01T02:00:00.000Z" }] });
  });

  it("delays each slot by the same, whoever computes it", () => {
    const due = () => decideSlots({ id: "t", dueSlot: at("01:00:00"), config: config({ jitterSeconds: 20, catchUp: "all" }) }, at("01:05:00")).start.map(({ slot, dueAt }) => dueAt.getTime() - slot.getTime());
    expect(due()).toEqual(due());
    expect(new Set(due()).size).toBeGreaterThan(1);
    expect(due().every((ms) => ms >= 0 && ms <= 20_000)).toBe(true);
  });
});

/** What clocks show, minute by minute. */
function shownBy(timeZone: string, from: number, until: number): number[] {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" });
  const shown: number[] = [];
  for (let at = from; at <= until; at += 60_000) {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    shown.push(Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute));
  }
  return shown;
}

/** Minute by minute: whether the expression has what clocks show, and whether they have shown it before. */
function slotsByWatching({ expression, isOpen, isEveryHour }: { expression: string; isOpen: boolean; isEveryHour: boolean }, [first, ...others]: readonly number[], after: number): number[] {
  const { slots: written, more } = slotsBetween(cron(expression), new Date(after - 2 * 86_400_000), new Date(after + 5 * 86_400_000), 2_000);
  expect(more).toBe(false);
  const pattern = new Set(written.map((slot) => slot.getTime()));
  const has = (shown: number) => pattern.has(shown);
  const slots: number[] = [];
  let latest = first!;
  for (const [index, shown] of others.entries()) {
    let isSlot = has(shown) && (isOpen || shown > latest);
    if (!isEveryHour) for (let missing = latest + 60_000; missing < shown; missing += 60_000) isSlot ||= has(missing);
    if (isSlot) slots.push(after + (index + 1) * 60_000);
    latest = Math.max(latest, shown);
  }
  return slots;
}
