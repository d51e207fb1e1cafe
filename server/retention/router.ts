import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const retentionRouter = router({
  get: procedure("settings:read")
    .output(contract.retentionViewSchema)
    .query(({ ctx }) => service.viewRetention(ctx)),
  set: procedure("settings:write")
    .input(contract.setRetentionInput)
    .output(z.void())
    .mutation(({ ctx, input }) => service.setRetention(ctx, input)),
  sizes: procedure("settings:read")
    .output(contract.sizeReportSchema)
    .query(({ ctx }) => service.viewSizes(ctx)),
  removals: procedure("settings:read")
    .output(contract.removalsSchema)
    .query(({ ctx }) => service.viewRemovals(ctx)),
});
