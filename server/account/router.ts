import { z } from "zod";
import { deleteAccount } from "@/server/auth/account/deletion";
import { exportOwnData } from "@/server/auth/account/export";
import { confirmTotp, removePasskey, removeTotp, replaceRecoveryCodes } from "@/server/auth/account/factors";
import { unlinkAccount } from "@/server/auth/account/linked";
import { changePassword } from "@/server/auth/account/password";
import { renamePerson } from "@/server/auth/account/profile";
import { viewProofs, viewSecurity } from "@/server/auth/account/security";
import { endOtherSessions, endSession, listSessions, personOf } from "@/server/auth/account/sessions";
import { cancelEmailChange, confirmEmailChange, requestEmailChange } from "@/server/auth/email-change";
import { beginPasskeySignIn, beginRegistration, finishRegistration, renamePasskey } from "@/server/auth/factors/passkeys";
import { requireRelyingParty } from "@/server/auth/factors/relying-party";
import { beginTotp } from "@/server/auth/factors/totp";
import { readSignInPolicy, setSignInPolicy } from "@/server/auth/organization-policy";
import { countAttempt } from "@/server/auth/rate-limit";
import { requestMail, resetPassword, viewReset } from "@/server/auth/reset";
import { viewWays } from "@/server/auth/ways";
import { DomainError } from "@/server/errors/domain-error";
import { addingProcedure, enrollingProcedure, limitedProcedure, organizationProcedure, provenAddingProcedure, provenEnrollingProcedure, provenOrganizationProcedure, provenProcedure, publicProcedure, router, signedInProcedure } from "@/server/trpc/init";
import * as contract from "./contract";

const ok = { ok: true as const };
const options = z.custom<object>();

/** For whoever stands before the door. */
export const signInRouter = router({
  ways: publicProcedure.output(contract.waysSchema).query(({ ctx }) => viewWays(ctx.headers)),
  requestLink: publicProcedure.input(contract.requestLinkInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await requestMail("magic", input.email, input.next, ctx.origin);
    return ok;
  }),
  requestReset: publicProcedure.input(contract.requestResetInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await requestMail("reset", input.email, "", ctx.origin);
    return ok;
  }),
  viewReset: limitedProcedure("viewSignInLinkByAddress").input(contract.viewResetInput).output(contract.viewResetSchema).query(({ input }) => viewReset(input.token)),
  resetPassword: limitedProcedure("viewSignInLinkByAddress").input(contract.resetPasswordInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await resetPassword(input.token, input.password, ctx.origin);
    return ok;
  }),
  confirmEmail: limitedProcedure("viewSignInLinkByAddress")
    .input(contract.confirmEmailInput)
    .output(contract.confirmEmailSchema)
    .mutation(({ ctx, input }) => confirmEmailChange(input.token, ctx.origin)),
  passkeyOptions: limitedProcedure("passkeyByAddress").output(options).mutation(({ ctx }) => beginPasskeySignIn(requireRelyingParty(ctx.headers))),
  /** How whoever is half in, or wants to do something sensitive, can show who they are. */
  proofs: publicProcedure.output(contract.proofsSchema.nullable()).query(async ({ ctx }) => {
    const session = await ctx.findAnySession();
    return session === null ? null : viewProofs(session, ctx.headers);
  }),
});

/** For a person about themselves. */
export const accountRouter = router({
  security: enrollingProcedure.output(contract.securitySchema).query(({ ctx }) => viewSecurity(ctx.session, ctx.headers)),
  sessions: signedInProcedure.output(contract.sessionListSchema).query(({ ctx }) => listSessions(ctx.session)),
  endSession: signedInProcedure.input(contract.sessionRefInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await endSession(ctx.session, input.sessionId, ctx.origin);
    return ok;
  }),
  endOtherSessions: signedInProcedure.output(contract.endedSchema).mutation(async ({ ctx }) => ({ ended: await endOtherSessions(ctx.session, ctx.origin) })),
  rename: signedInProcedure.input(contract.renameInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await renamePerson(ctx.session, input.name, ctx.origin);
    return ok;
  }),
  changePassword: addingProcedure("password").input(contract.changePasswordInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    ctx.keepSession((await changePassword(ctx.session, input, ctx.origin)).token);
    return ok;
  }),
  changeEmail: provenProcedure.input(contract.changeEmailInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await countAttempt("mailToEmail", ctx.session.email);
    await requestEmailChange(ctx.session, input.email, ctx.origin);
    return ok;
  }),
  cancelEmailChange: signedInProcedure.output(contract.okSchema).mutation(async ({ ctx }) => {
    await cancelEmailChange(ctx.session, ctx.origin);
    return ok;
  }),
  beginTotp: provenEnrollingProcedure.output(contract.newTotpSchema).mutation(({ ctx }) => beginTotp(personOf(ctx.session))),
  confirmTotp: provenEnrollingProcedure.input(contract.totpCodeInput).output(contract.recoveryCodesSchema).mutation(async ({ ctx, input }) => {
    const { codes, token } = await confirmTotp(ctx.session, input.code, ctx.origin);
    ctx.keepSession(token);
    return { codes };
  }),
  removeTotp: provenProcedure.output(contract.okSchema).mutation(async ({ ctx }) => {
    ctx.keepSession((await removeTotp(ctx.session, ctx.origin)).token);
    return ok;
  }),
  replaceRecoveryCodes: provenProcedure.output(contract.recoveryCodesSchema).mutation(async ({ ctx }) => ({ codes: await replaceRecoveryCodes(ctx.session, ctx.origin) })),
  beginPasskey: provenAddingProcedure("passkey").output(options).mutation(({ ctx }) => beginRegistration(personOf(ctx.session), requireRelyingParty(ctx.headers))),
  finishPasskey: provenAddingProcedure("passkey").input(contract.finishPasskeyInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    const token = await finishRegistration(ctx.session, requireRelyingParty(ctx.headers), input, ctx.origin);
    if (token !== null) ctx.keepSession(token);
    return ok;
  }),
  renamePasskey: signedInProcedure.input(contract.renamePasskeyInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await renamePasskey(ctx.session, input.passkeyId, input.name, ctx.origin);
    return ok;
  }),
  removePasskey: provenProcedure.input(contract.passkeyRefInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await removePasskey(ctx.session, input.passkeyId, ctx.origin);
    return ok;
  }),
  /** Asks for the proof before the browser leaves for the other side. */
  beginLink: provenProcedure.output(contract.okSchema).mutation(() => ok),
  unlink: provenProcedure.input(contract.linkedAccountRefInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    await unlinkAccount(ctx.session, input.accountId, ctx.origin);
    return ok;
  }),
  export: provenProcedure.output(z.record(z.string(), z.unknown())).mutation(({ ctx }) => exportOwnData(ctx.session, ctx.origin)),
  delete: provenProcedure.input(contract.deleteAccountInput).output(contract.okSchema).mutation(async ({ ctx, input }) => {
    if (input.email.trim().toLowerCase() !== ctx.session.email) throw new DomainError("invalid_input", { field: "email", reason: "is not the address of your account" });
    await deleteAccount(ctx.session, ctx.origin);
    return ok;
  }),
});

/** What an organization asks of its people's sign-in. */
export const signInPolicyRouter = router({
  get: organizationProcedure("organization:read").output(contract.signInPolicySchema).query(({ ctx }) => readSignInPolicy(ctx.organization)),
  set: provenOrganizationProcedure("sign-in:write")
    .input(contract.setSignInPolicyInput)
    .output(contract.signInPolicySchema)
    .mutation(async ({ ctx, input }) => setSignInPolicy(ctx.organization, input, await ctx.findSession())),
});
