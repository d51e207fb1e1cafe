import { z } from "zod";
import { limitedProcedure, organizationProcedure, provenOrganizationProcedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const ok = z.object({ ok: z.literal(true) });

export const ssoRouter = router({
  /** For the sign-in page. */
  find: limitedProcedure("ssoByAddress").input(contract.findSsoInput).output(contract.foundSsoSchema).mutation(({ input }) => service.findSso(input.email, input.next)),

  get: organizationProcedure("sign-in:write").output(contract.ssoSchema).query(({ ctx }) => service.viewSso(ctx)),
  create: provenOrganizationProcedure("sign-in:write").input(contract.connectionInput).output(z.object({ id: z.string() })).mutation(({ ctx, input }) => service.createConnection(ctx, input)),
  update: provenOrganizationProcedure("sign-in:write").input(contract.updateConnectionInput).output(ok).mutation(({ ctx, input }) => service.updateConnection(ctx, input)),
  enable: provenOrganizationProcedure("sign-in:write").input(contract.enableInput).output(ok).mutation(({ ctx, input }) => service.enableConnection(ctx, input)),
  remove: provenOrganizationProcedure("sign-in:write").input(contract.connectionRef).output(ok).mutation(({ ctx, input }) => service.removeConnection(ctx, input)),
  trial: organizationProcedure("sign-in:write").input(contract.trialRef).output(contract.trialSchema).query(({ ctx, input }) => service.viewTrial(ctx, input)),

  readMetadata: organizationProcedure("sign-in:write").input(contract.metadataInput).output(contract.readMetadataSchema).mutation(({ input }) => service.readMetadata(input)),

  addDomain: organizationProcedure("sign-in:write").input(contract.addDomainInput).output(contract.domainSchema).mutation(({ ctx, input }) => service.addDomain(ctx, input)),
  verifyDomain: provenOrganizationProcedure("sign-in:write").input(contract.domainRef).output(contract.domainSchema).mutation(({ ctx, input }) => service.verifyDomain(ctx, input)),
  routeDomain: provenOrganizationProcedure("sign-in:write").input(contract.routeDomainInput).output(ok).mutation(({ ctx, input }) => service.routeDomain(ctx, input)),
  removeDomain: provenOrganizationProcedure("sign-in:write").input(contract.domainRef).output(ok).mutation(({ ctx, input }) => service.removeDomain(ctx, input)),
});
