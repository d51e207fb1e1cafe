import { z } from "zod";
import { PASSWORD_MIN_LENGTH } from "./constants";
import { normalizeEmail } from "./email-address";
import { ORGANIZATION_ROLES, ROLES } from "./permissions";

export const emailSchema = z.string().max(320).transform((text, context) => {
  const email = normalizeEmail(text);
  if (email === null) context.addIssue({ code: "custom", message: "is no e-mail address that can be used here" });
  return email ?? z.NEVER;
});
/** Without line breaks and other control characters, which would write lines of their own into mails and logs. */
export const personNameSchema = z.string().trim().max(200).regex(/^\P{Cc}*$/u, "must not hold control characters");
export const newPasswordSchema = z.string().min(PASSWORD_MIN_LENGTH, `must have at least ${PASSWORD_MIN_LENGTH} characters`).max(200);

/** Credentials of the next-auth provider `password`. */
export const passwordSignInInput = z.object({ email: emailSchema, password: z.string().min(1).max(200) });

/** Credentials of the next-auth provider `link`: a one-time link, and on the first sign-in who the person is. */
export const linkSignInInput = z.object({
  token: z.string().min(20).max(200),
  email: emailSchema.optional(),
  name: personNameSchema.optional(),
  password: newPasswordSchema.optional(),
});

/** What `signIn(…, {redirect: false})` answers in `error`. */
export const SIGN_IN_ERRORS = ["CredentialsSignin", "rate_limited", "link_invalid", "details_missing", "password_weak", "code_wrong", "passkey_unknown", "session_missing", "sso_required", "method_refused", "account_unknown", "account_taken", "email_unverified", "proof_needed", "email_taken", "unavailable"] as const;

export const signInLinkInput = z.object({ token: z.string().max(200) });
export const signInLinkView = z.object({
  valid: z.boolean(),
  /** The person has no password yet and must set one. */
  needsPassword: z.boolean(),
  email: z.string().nullable(),
});

export const roleSchema = z.enum(ROLES);
export const organizationRoleSchema = z.enum(ORGANIZATION_ROLES);

export const meSchema = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string(), isPlatformAdmin: z.boolean() }),
  workspaces: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      organizationId: z.string(),
      role: z.string(),
      /** What the person may do everywhere in it, or in parts of it. */
      permissions: z.array(z.string()),
      /** What of it holds in the whole workspace. */
      everywhere: z.array(z.string()),
      /** What they may do differs from workflow to workflow: parts of it are granted, or folders are locked. */
      isDivided: z.boolean(),
      /** False: the person has access to some folders or things only. */
      isWhole: z.boolean(),
      isArchived: z.boolean(),
      timeZone: z.string(),
      /** `#rrggbb`; null: the product's own. */
      color: z.string().nullable(),
      /** The hard quota that is used up, in words. */
      quotaReached: z.string().nullable(),
    }),
  ),
  organizations: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), role: z.string(), permissions: z.array(z.string()), isArchived: z.boolean() })),
});
export type Me = z.output<typeof meSchema>;

/** Credentials of the next-auth provider `confirm`: one of the three. `passkey` is the browser's answer as JSON. */
export const confirmInput = z.object({
  password: z.string().min(1).max(200).optional(),
  code: z.string().min(6).max(40).optional(),
  passkey: z.string().min(20).max(8_000).optional(),
});
