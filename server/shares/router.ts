import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const sharesRouter = router({
  list: procedure("workflow:write")
    .input(contract.listSharesInput)
    .output(z.array(contract.shareSchema))
    .query(({ ctx, input }) => service.listShares(ctx, input)),
  create: procedure("workflow:write")
    .input(contract.createShareInput)
    .output(contract.createdShareSchema)
    .mutation(({ ctx, input }) => service.createShare(ctx, input)),
  revoke: procedure("workflow:write")
    .input(contract.shareRefInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.revokeShare(ctx, input)),
});
