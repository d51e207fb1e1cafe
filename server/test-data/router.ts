import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import { workflowRefInput } from "@/server/workflows/contract";
import * as contract from "./contract";
import * as service from "./service";

export const testDataRouter = router({
  pin: procedure("workflow:write")
    .input(contract.pinInput)
    .output(contract.pinChangeSchema)
    .mutation(({ ctx, input }) => service.pin(ctx, input)),
  unpin: procedure("workflow:write")
    .input(contract.unpinInput)
    .output(contract.pinChangeSchema)
    .mutation(({ ctx, input }) => service.unpin(ctx, input)),
  movePin: procedure("workflow:write")
    .input(contract.movePinInput)
    .output(contract.pinChangeSchema)
    .mutation(({ ctx, input }) => service.movePin(ctx, input)),
  samples: procedure("workflow:read")
    .input(workflowRefInput)
    .output(z.array(contract.sampleSchema))
    .query(({ ctx, input }) => service.listSamples(ctx, input)),
  saveSample: procedure("workflow:write")
    .input(contract.saveSampleInput)
    .output(contract.sampleSchema)
    .mutation(({ ctx, input }) => service.saveSample(ctx, input)),
  deleteSample: procedure("workflow:write")
    .input(contract.deleteSampleInput)
    .output(contract.sampleSchema)
    .mutation(({ ctx, input }) => service.deleteSample(ctx, input)),
  testStep: procedure("run:start")
    .input(contract.testStepInput)
    .output(contract.testStepOutput)
    .mutation(({ ctx, input }) => service.testStep(ctx, input)),
  preview: procedure("workflow:write")
    .input(contract.previewInput)
    .output(contract.previewOutput)
    .mutation(({ ctx, input }) => service.preview(ctx, input)),
});
