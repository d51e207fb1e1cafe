import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import type { RunChart } from "@/server/runs/contract";
import { layOutHistory, placeBeside, rangeBetween } from "./history-geometry";

const FROM = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

const charts: fc.Arbitrary<RunChart> = fc
  .uniqueArray(fc.record({ slot: fc.nat({ max: 59 }), succeeded: fc.nat({ max: 5_000 }), failed: fc.nat({ max: 50 }), median: fc.option(fc.nat({ max: 10_000_000 })) }), { selector: ({ slot }) => slot, maxLength: 60 })
  .map((slots) => ({
    from: new Date(FROM).toISOString(), to: new Date(FROM + 60 * HOUR).toISOString(), bucketMs: HOUR, coveredFrom: null,
    buckets: slots.sort((one, other) => one.slot - other.slot).map(({ slot, succeeded, failed, median }) => ({ at: new Date(FROM + slot * HOUR).toISOString(), counts: { succeeded, failed }, median, p95: median })),
  }));

describe("layOutHistory", () => {
  it("keeps every part within the frame, and bars in their order without overlap", () => {
    fc.assert(
      fc.property(charts, (chart) => {
        const { bars } = layOutHistory(chart);
        let right = 0;
        for (const bar of bars) {
          expect(bar.x).toBeGreaterThanOrEqual(right - 1e-9);
          right = bar.x + bar.width;
          expect(right).toBeLessThanOrEqual(1 + 1e-9);
          let top = 0;
          for (const { y, height } of bar.parts) {
            expect(y).toBeCloseTo(top, 9);
            top = y + height;
          }
          expect(top).toBeLessThanOrEqual(1 + 1e-9);
          expect(bar.total).toBe(bar.parts.reduce((sum, { runs }) => sum + runs, 0));
          if (bar.medianY !== null) expect(bar.medianY >= 0 && bar.medianY <= 1).toBe(true);
        }
      }),
    );
  });
});

describe("rangeBetween", () => {
  it("is made of whole buckets within the chart, whichever end comes first", () => {
    fc.assert(
      fc.property(charts, fc.double({ min: -0.2, max: 1.2, noNaN: true }), fc.double({ min: -0.2, max: 1.2, noNaN: true }), (chart, one, other) => {
        const range = rangeBetween(chart, one, other)!;
        expect(rangeBetween(chart, other, one)).toEqual(range);
        expect(Date.parse(range.from)).toBeGreaterThanOrEqual(FROM);
        expect(Date.parse(range.to)).toBeLessThanOrEqual(FROM + 60 * HOUR);
        expect((Date.parse(range.from) - FROM) % HOUR).toBe(0);
        expect(Date.parse(range.to)).toBeGreaterThan(Date.parse(range.from));
      }),
    );
  });
});

describe("placeBeside", () => {
  it("goes bucket by bucket from the first to the last, however short that one is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 59 * HOUR }), (length) => {
        const chart: RunChart = { from: new Date(FROM).toISOString(), to: new Date(FROM + length).toISOString(), bucketMs: HOUR, coveredFrom: null, buckets: [] };
        const count = Math.ceil(length / HOUR);
        const begun: number[] = [];
        for (let place = placeBeside(chart, 0.5, -Infinity), step = 0; step < count; place = placeBeside(chart, place, 1), step += 1) begun.push((Date.parse(rangeBetween(chart, place, place)!.from) - FROM) / HOUR);
        expect(begun).toEqual(Array.from({ length: count }, (_, index) => index));
        const last = placeBeside(chart, 0.5, Infinity);
        expect(placeBeside(chart, 1, 0)).toBe(last);
        expect(placeBeside(chart, last, 1)).toBe(last);
        expect(rangeBetween(chart, last, placeBeside(chart, last, -Infinity))).toEqual({ from: chart.from, to: chart.to });
      }),
    );
  });
});
