// @ts-check
// QuickJS asks the thread's own Date for the time and the time zone. This thread serves only the sandbox,
// so its Date can stand still at the time of the step, in UTC, without any trace inside the guest.

let nowMs = 0;
const RealDate = Date;

class FixedDate extends RealDate {
  /** @param {ConstructorParameters<typeof Date> | []} values */
  constructor(...values) {
    if (values.length === 0) super(nowMs);
    else super(...values);
  }
}

FixedDate.now = () => nowMs;
FixedDate.prototype.getTimezoneOffset = () => 0;
for (const part of /** @type {const} */ (["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds"])) {
  FixedDate.prototype[`get${part}`] = FixedDate.prototype[`getUTC${part}`];
}

export function installFixedClock() {
  globalThis.Date = /** @type {DateConstructor} */ (FixedDate);
}

/** @param {number} milliseconds */
export function setNow(milliseconds) {
  nowMs = milliseconds;
}
