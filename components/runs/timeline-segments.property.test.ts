import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import type { StepSummary, WaitSummary } from "@/server/runs/contract";
import { pauseSegments, segment, waitSegments, withQueue } from "./timeline-segments";

const START = Date.UTC(2026, 10, 2, 9);
const moment = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const span = { from: START, to: START + 100_000 };

const attempt = (number: number, begin: number, end: number | null) =>
  ({ path: "call", attempt: number, startedAt: moment(begin), finishedAt: end === null ? null : moment(end), status: "failed" }) as StepSummary;
const wait = (kind: WaitSummary["kind"], begin: number, end: number | null) => ({ id: `${kind}${begin}`, kind, createdAt: moment(begin), closedAt: end === null ? null : moment(end) }) as WaitSummary;

describe("bars of the waterfall", () => {
  it("show the pauses between attempts, and none where one followed at once", () => {
    const pauses = pauseSegments([attempt(1, 0, 10), attempt(2, 30, 40), attempt(3, 40, null)], span);
    expect(pauses).toMatchObject([{ kind: "pause", start: expect.closeTo(0.1) as number, length: expect.closeTo(0.2) as number, milliseconds: 20_000, label: "Pause before attempt 2" }]);
  });

  it("show waits in the order in which they began; an open one goes on to the end", () => {
    expect(waitSegments([wait("approval", 50, null), wait("turn", 0, 10)], span)).toMatchObject([
      { label: "Waited for its turn", start: 0, length: 0.1 },
      { label: "Waited for an approval", start: 0.5, length: 0.5, milliseconds: 50_000 },
    ]);
  });

  it("stay within the drawing whatever the times are, and tell the true time", () => {
    const second = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(second, fc.option(second), second, fc.integer({ min: 1, max: 1_000 }), (begin, end, from, length) => {
        const drawn = segment({ key: "x", kind: "wait", status: "waiting", label: "", begin, end }, { from, to: from + length });
        expect(drawn.start).toBeGreaterThanOrEqual(0);
        expect(drawn.length).toBeGreaterThanOrEqual(0);
        expect(drawn.start + drawn.length).toBeLessThanOrEqual(1.000001);
        if (end !== null && end >= begin) expect(drawn.milliseconds).toBe(end - begin);
      }),
    );
  });
});

describe("the time in the queue", () => {
  it("is drawn before the start when it took any time worth telling", () => {
    expect(withQueue(0, 10, 10_000)).toEqual({ from: 10, queue: null });
    expect(withQueue(0, 2_000, 10_000)).toMatchObject({ from: 0, queue: { isCut: false, segment: { start: 0, length: 0.2, milliseconds: 2_000 } } });
  });

  it("never takes more than half of the drawing, and says so when it is cut", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: 10_000_000 }), (queued, took) => {
        const { from, queue } = withQueue(0, queued, queued + took);
        expect(from).toBeLessThanOrEqual(queued);
        if (queue === null) return;
        expect(queue.segment.length).toBeLessThanOrEqual(0.500001);
        expect(queue.segment.milliseconds).toBe(queued);
        expect(queue.isCut).toBe(queued > Math.max(1, took));
      }),
    );
  });
});
