import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const batchesRouter = router({
  /** A mutation because files are larger than what an address holds; it changes nothing. */
  check: procedure("run:start")
    .input(contract.checkBatchInput)
    .output(contract.checkedBatchSchema)
    .mutation(({ ctx, input }) => service.checkBatch(ctx, input)),
  start: procedure("run:start")
    .input(contract.startBatchInput)
    .output(contract.startedBatchSchema)
    .mutation(({ ctx, input }) => service.startBatch(ctx, input)),
  get: procedure("run:read")
    .input(contract.batchRefInput)
    .output(contract.batchSchema)
    .query(({ ctx, input }) => service.getBatch(ctx, input)),
  find: procedure("run:read")
    .input(contract.findBatchInput)
    .output(contract.batchSchema.nullable())
    .query(({ ctx, input }) => service.findByName(ctx, input)),
  list: procedure("run:read")
    .input(contract.listBatchesInput)
    .output(contract.batchPageSchema)
    .query(({ ctx, input }) => service.listBatches(ctx, input)),
});
