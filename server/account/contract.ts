import { z } from "zod";
import { SIGN_IN_METHODS, STAGES } from "@/server/auth/constants";
import { emailSchema, newPasswordSchema } from "@/server/auth/contract";
import { momentSchema } from "@/server/paging/contract";

const okSchema = z.object({ ok: z.literal(true) });
export { okSchema };

const tokenSchema = z.string().min(20).max(200);
const nameSchema = z.string().trim().min(1).max(100).regex(/^\P{Cc}*$/u, "must not hold control characters");
/** What a WebAuthn call of the browser takes or gives; the library that checks it knows its form. */
const webAuthnSchema = z.record(z.string(), z.unknown());

/** What the sign-in page can offer here; nothing that does not work. */
export const waysSchema = z.object({
  /** Some organization has its own. */
  sso: z.boolean(),
  mail: z.boolean(),
  passkey: z.boolean(),
  providers: z.array(z.object({ id: z.enum(["github", "google"]), name: z.string() })),
});
export type Ways = z.output<typeof waysSchema>;

export const requestLinkInput = z.object({ email: emailSchema, next: z.string().max(2_000).default("") });
export const requestResetInput = z.object({ email: emailSchema });
export const viewResetInput = z.object({ token: z.string().max(200) });
export const viewResetSchema = z.object({ email: z.string().nullable() });
export const resetPasswordInput = z.object({ token: tokenSchema, password: newPasswordSchema });
export const confirmEmailInput = z.object({ token: tokenSchema });
export const confirmEmailSchema = z.object({ waitsFor: z.enum(["old", "new"]).nullable() });
export const webAuthnOptionsSchema = webAuthnSchema;

export const proofsSchema = z.object({
  email: z.string(),
  stage: z.enum(STAGES),
  password: z.boolean(),
  code: z.boolean(),
  passkey: z.boolean(),
});
export type Proofs = z.output<typeof proofsSchema>;

const named = { id: z.string(), createdAt: momentSchema, lastUsedAt: momentSchema.nullable() };
export const securitySchema = z.object({
  email: z.string(),
  stage: z.string(),
  hasPassword: z.boolean(),
  totpSince: momentSchema.nullable(),
  recoveryCodesLeft: z.number(),
  secondFactorRequired: z.boolean(),
  passkeysWork: z.boolean(),
  passkeys: z.array(z.object({ ...named, name: z.string(), backedUp: z.boolean() })),
  linkedAccounts: z.array(z.object({ ...named, provider: z.string(), label: z.string() })),
  emailChange: z.object({ newEmail: z.string(), oldConfirmed: z.boolean(), newConfirmed: z.boolean() }).nullable(),
  mailWorks: z.boolean(),
});
export type SecurityView = z.output<typeof securitySchema>;

export const sessionListSchema = z.array(z.object({
  id: z.string(), method: z.string(), ip: z.string().nullable(), userAgent: z.string().nullable(), isCurrent: z.boolean(),
  createdAt: momentSchema, lastSeenAt: momentSchema, expiresAt: momentSchema,
}));
export type SessionView = z.output<typeof sessionListSchema>[number];

export const sessionRefInput = z.object({ sessionId: z.uuid() });
export const endedSchema = z.object({ ended: z.number() });
/** `current` may be empty for whoever has no password yet. */
export const changePasswordInput = z.object({ current: z.string().max(200), next: newPasswordSchema });
export const changeEmailInput = z.object({ email: emailSchema });
export const renameInput = z.object({ name: nameSchema });
export const newTotpSchema = z.object({ secret: z.string(), uri: z.string() });
export const totpCodeInput = z.object({ code: z.string().transform((text) => text.replace(/\s/g, "")).pipe(z.string().regex(/^\d{6}$/, "must be six digits")) });
export const recoveryCodesSchema = z.object({ codes: z.array(z.string()) });
export const finishPasskeyInput = z.object({ name: nameSchema, response: webAuthnSchema });
export const passkeyRefInput = z.object({ passkeyId: z.uuid() });
export const renamePasskeyInput = passkeyRefInput.extend({ name: nameSchema });
export const linkedAccountRefInput = z.object({ accountId: z.uuid() });
/** Typed by hand, so that nobody deletes by a slip. */
export const deleteAccountInput = z.object({ email: z.string().max(320) });

const MINUTES_OF_YEAR = 525_600;
const minutesSchema = z.int().min(5).max(MINUTES_OF_YEAR).nullable();
const policySchema = z.object({
  secondFactorRequired: z.boolean(),
  ssoRequired: z.boolean(),
  /** Null: every way that works here. */
  methods: z.array(z.enum(SIGN_IN_METHODS)).min(1, "must leave at least one way").transform((methods) => [...new Set(methods)]).nullable(),
  sessionIdleMinutes: minutesSchema,
  sessionMaxMinutes: minutesSchema,
  tokenMaxDays: z.int().min(1).max(3_650).nullable(),
});
export const setSignInPolicyInput = policySchema.partial().refine(({ sessionIdleMinutes: idle, sessionMaxMinutes: max }) => idle == null || max == null || idle <= max, { path: ["sessionIdleMinutes"], message: "must not be longer than the session itself" });
export const signInPolicySchema = policySchema.extend({
  /** Verified domains whose people have a connection to sign in with. */
  ssoDomains: z.array(z.string()),
  /** Who will be asked to set one up. */
  peopleWithoutFactor: z.int(),
  /** How many people have which ways to sign in. */
  peopleByWays: z.array(z.object({ ways: z.array(z.enum(SIGN_IN_METHODS)), people: z.int() })),
  /** Who can come in when the provider fails. */
  ownersWithFactor: z.int(),
  /** What the installation says where the organization says nothing. */
  defaults: z.object({ sessionIdleMinutes: z.number(), sessionMaxMinutes: z.number() }),
});
export type SignInPolicyView = z.output<typeof signInPolicySchema>;
