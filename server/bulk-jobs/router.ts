import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const bulkJobsRouter = router({
  count: procedure("run:read")
    .input(contract.countBulkInput)
    .output(contract.countedSchema)
    .query(({ ctx, input }) => service.countBulk(ctx, input)),
  list: procedure("run:read")
    .output(z.array(contract.bulkJobSchema))
    .query(({ ctx }) => service.listBulkJobs(ctx)),
  cancel: procedure("run:cancel")
    .input(contract.cancelAllInput)
    .output(contract.bulkJobSchema)
    .mutation(({ ctx, input }) => service.cancelAll(ctx, input)),
  rerun: procedure("run:start")
    .input(contract.rerunAllInput)
    .output(contract.bulkJobSchema)
    .mutation(({ ctx, input }) => service.rerunAll(ctx, input)),
  stop: procedure("run:read")
    .input(contract.bulkJobRefInput)
    .output(contract.bulkJobSchema)
    .mutation(({ ctx, input }) => service.stopBulkJob(ctx, input)),
  goOn: procedure("run:read")
    .input(contract.bulkJobRefInput)
    .output(contract.bulkJobSchema)
    .mutation(({ ctx, input }) => service.goOnWithBulkJob(ctx, input)),
  dismiss: procedure("run:read")
    .input(contract.bulkJobRefInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.dismissBulkJob(ctx, input)),
});
