import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import { createToken, listTokens, revokeToken, rotateToken } from "./service";

export const tokensRouter = router({
  list: procedure("token:read")
    .input(contract.listTokensInput)
    .output(contract.tokensSchema)
    .query(({ ctx, input }) => listTokens(ctx, input)),
  create: procedure("token:write")
    .input(contract.createTokenInput)
    .output(contract.createdTokenSchema)
    .mutation(({ ctx, input }) => createToken(ctx, input)),
  rotate: procedure("token:write")
    .input(contract.rotateTokenInput)
    .output(contract.createdTokenSchema)
    .mutation(({ ctx, input }) => rotateToken(ctx, input)),
  revoke: procedure("token:write")
    .input(contract.tokenRefInput)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeToken(ctx, input)),
});
