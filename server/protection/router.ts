import { z } from "zod";
import { router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const protectionRouter = router({
  list: wholeProcedure("settings:read")
    .output(z.array(contract.protectionRuleSchema))
    .query(({ ctx }) => service.listRules(ctx)),
  set: wholeProcedure("settings:write")
    .input(contract.setProtectionInput)
    .output(z.array(contract.protectionRuleSchema))
    .mutation(({ ctx, input }) => service.setRule(ctx, input)),
});
