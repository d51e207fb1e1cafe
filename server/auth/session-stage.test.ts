import { expect, it } from "vitest";
import { type StageFacts, stageOf } from "./session-stage";

const facts: StageFacts = { secondFactorAt: null, hasTotp: false, hasPasskey: false, secondFactorRequired: false, ssoRequired: false, methodRefused: false, method: "password", hasOthers: true };

it.each<[string, Partial<StageFacts>, string]>([
  ["nobody asks for more", {}, "full"],
  ["an authenticator app is always asked for", { hasTotp: true }, "second_factor"],
  ["a passkey alone is no second factor unless one is required", { hasPasskey: true }, "full"],
  ["what is required is asked of the passkey", { hasPasskey: true, secondFactorRequired: true }, "second_factor"],
  ["who has none sets one up first", { secondFactorRequired: true }, "enrol"],
  ["what was shown is not asked for again", { hasTotp: true, secondFactorRequired: true, secondFactorAt: new Date() }, "full"],
  ["single sign-on comes before everything", { ssoRequired: true, hasTotp: true, secondFactorAt: new Date() }, "sso"],
  ["nothing makes up for a way that is not allowed", { methodRefused: true, hasTotp: true, secondFactorAt: new Date() }, "other_way"],
  ["whoever may add a way shows their second factor first", { methodRefused: true, hasTotp: true }, "second_factor"],
  ["a provider answers for its own organization", { method: "sso", hasOthers: false, hasTotp: true }, "full"],
  ["and not for others", { method: "sso", hasTotp: true }, "second_factor"],
  ["whose rules ask for a factor of one's own", { method: "sso", secondFactorRequired: true, hasPasskey: true }, "second_factor"],
  ["single sign-on is one of the ways that are left", { methodRefused: true, ssoRequired: true }, "sso"],
])("%s", (_title, given, stage) => {
  expect(stageOf({ ...facts, ...given })).toBe(stage);
});
