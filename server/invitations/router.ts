import { z } from "zod";
import { limitedProcedure, organizationProcedure, procedure, router, signedInProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const nothing = z.object({ ok: z.literal(true) });
const invited = z.array(contract.invitedSchema);

export const invitationsRouter = router({
  list: procedure("member:write").input(contract.listInvitationsInput).output(contract.invitationsSchema).query(({ ctx, input }) => service.listInvitations(ctx.scope, input)),
  create: procedure("member:write").input(contract.inviteToWorkspaceInput).output(invited).mutation(({ ctx, input }) => service.inviteToWorkspace(ctx, input)),
  resend: procedure("member:write").input(contract.resendInput).output(contract.invitedSchema).mutation(({ ctx, input }) => service.resend(ctx.scope, input, ctx.requireProof)),
  revoke: procedure("member:write").input(contract.invitationRef).output(nothing).mutation(({ ctx, input }) => service.revoke(ctx.scope, input)),

  ofOrganization: organizationProcedure("person:write").input(contract.listInvitationsInput).output(contract.invitationsSchema).query(({ ctx, input }) => service.listInvitations(ctx.organization, input)),
  createForOrganization: organizationProcedure("person:write").input(contract.inviteToOrganizationInput).output(invited).mutation(({ ctx, input }) => service.inviteToOrganization(ctx, input)),
  resendOfOrganization: organizationProcedure("person:write").input(contract.resendInput).output(contract.invitedSchema).mutation(({ ctx, input }) => service.resend(ctx.organization, input, ctx.requireProof)),
  revokeOfOrganization: organizationProcedure("person:write").input(contract.invitationRef).output(nothing).mutation(({ ctx, input }) => service.revoke(ctx.organization, input)),

  /** What the page of an invitation shows before it is accepted. */
  view: limitedProcedure("invitationByAddress").input(contract.codeInput).output(contract.openInvitationSchema).query(({ input }) => service.viewInvitation(input.code)),
  accept: signedInProcedure.input(contract.codeInput).output(contract.acceptedSchema).mutation(({ ctx, input }) => service.accept(ctx, input.code)),
  register: limitedProcedure("invitationByAddress").input(contract.registerInput).output(contract.acceptedSchema).mutation(({ ctx, input }) => service.register(ctx, input)),
});
