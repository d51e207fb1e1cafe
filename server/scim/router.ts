import { z } from "zod";
import { organizationProcedure, provenOrganizationProcedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

/** The tokens of identity providers; what these do with them is no procedure. */
export const scimRouter = router({
  tokens: organizationProcedure("sign-in:write").output(contract.scimSchema).query(({ ctx }) => service.listScimTokens(ctx)),
  createToken: provenOrganizationProcedure("sign-in:write").input(contract.createScimTokenInput).output(contract.createdScimTokenSchema).mutation(({ ctx, input }) => service.createScimToken(ctx, input)),
  removeToken: organizationProcedure("sign-in:write").input(contract.scimTokenRef).output(z.object({ ok: z.literal(true) })).mutation(({ ctx, input }) => service.removeScimToken(ctx, input)),
});
