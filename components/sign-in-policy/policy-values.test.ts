import { describe, expect, it } from "vitest";
import { meetPolicy, valuesOf } from "./policy-values";

const policy = { secondFactorRequired: false, ssoRequired: false, methods: null, sessionIdleMinutes: null, sessionMaxMinutes: null, tokenMaxDays: null };
const changed = { ...policy, secondFactorRequired: true };

describe("a policy that is read again while it is edited", () => {
  it("leaves alone what was changed, however often it is read and whatever else is different", () => {
    expect(meetPolicy(policy, changed, valuesOf({ ...policy, peopleWithoutFactor: 3 } as never))).toBe("keep");
  });

  it("is taken where nothing was changed, or the same", () => {
    expect(meetPolicy(policy, policy, changed)).toBe("take");
    expect(meetPolicy(policy, changed, changed)).toBe("take");
  });

  it("asks where two people changed different things", () => {
    expect(meetPolicy(policy, changed, { ...policy, sessionIdleMinutes: 30 })).toBe("ask");
  });
});
