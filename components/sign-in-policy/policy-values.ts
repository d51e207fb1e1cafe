import type { SignInPolicyView } from "@/server/account/contract";

/** What the form sets of a policy. */
export type PolicyValues = Pick<SignInPolicyView, "secondFactorRequired" | "ssoRequired" | "methods" | "sessionIdleMinutes" | "sessionMaxMinutes" | "tokenMaxDays">;

export function valuesOf({ secondFactorRequired, ssoRequired, methods, sessionIdleMinutes, sessionMaxMinutes, tokenMaxDays }: PolicyValues): PolicyValues {
  return { secondFactorRequired, ssoRequired, methods, sessionIdleMinutes, sessionMaxMinutes, tokenMaxDays };
}

export function isSamePolicy(one: PolicyValues, other: PolicyValues): boolean {
  return JSON.stringify(valuesOf(one)) === JSON.stringify(valuesOf(other));
}

/** What a form that began with `from` and now holds `wanted` does about what the server says now. */
export function meetPolicy(from: PolicyValues, wanted: PolicyValues, now: PolicyValues): "keep" | "take" | "ask" {
  if (isSamePolicy(from, now)) return "keep";
  return isSamePolicy(wanted, from) || isSamePolicy(wanted, now) ? "take" : "ask";
}
