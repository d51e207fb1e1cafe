import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const runsRouter = router({
  list: procedure("run:read")
    .input(contract.listRunsInput)
    .output(contract.runPageSchema)
    .query(({ ctx, input }) => service.listRuns(ctx, input)),
  chart: procedure("run:read")
    .input(contract.runChartInput)
    .output(contract.runChartSchema)
    .query(({ ctx, input }) => service.chartRuns(ctx, input)),
  filterOptions: procedure("run:read")
    .output(contract.filterOptionsSchema)
    .query(({ ctx }) => service.filterOptions(ctx)),
  compare: procedure("run:read")
    .input(contract.compareRunsInput)
    .output(contract.comparedSchema)
    .query(({ ctx, input }) => service.compareRuns(ctx, input)),
  compareNode: procedure("run:read")
    .input(contract.comparedNodeInput)
    .output(contract.comparedNodeSchema)
    .query(({ ctx, input }) => service.compareNode(ctx, input)),
  causes: procedure("run:read")
    .input(contract.runRefInput)
    .output(z.array(contract.failureCauseSchema))
    .query(({ ctx, input }) => service.failureCauses(ctx, input)),
  get: procedure("run:read")
    .input(contract.getRunInput)
    .output(contract.runViewSchema)
    .query(({ ctx, input }) => service.getRun(ctx, input)),
  steps: procedure("run:read")
    .input(contract.runStepsInput)
    .output(contract.stepDeltaSchema)
    .query(({ ctx, input }) => service.getSteps(ctx, input)),
  iterations: procedure("run:read")
    .input(contract.runIterationsInput)
    .output(contract.runIterationsOutput)
    .query(({ ctx, input }) => service.getIterations(ctx, input)),
  openSteps: procedure("run:read")
    .input(contract.openStepsInput)
    .output(contract.openStepsOutput)
    .query(({ ctx, input }) => service.getOpenSteps(ctx, input)),
  value: procedure("run:read")
    .input(contract.runValueInput)
    .output(contract.runValueSchema)
    .query(({ ctx, input }) => service.getValue(ctx, input)),
  slice: procedure("run:read")
    .input(contract.runSliceInput)
    .output(contract.runSliceSchema)
    .query(({ ctx, input }) => service.getPart(ctx, input)),
  counts: procedure("run:read")
    .input(contract.runCountsInput)
    .output(contract.runCountsSchema)
    .query(({ ctx, input }) => service.getCounts(ctx, input)),
  logs: procedure("run:read")
    .input(contract.readLogsInput)
    .output(contract.runLogPageSchema)
    .query(({ ctx, input }) => service.getLogs(ctx, input)),
  start: procedure("run:start")
    .input(contract.startRunInput)
    .output(contract.startedRunSchema)
    .mutation(({ ctx, input }) => service.startRun(ctx, input)),
  startable: procedure("run:start")
    .input(contract.listStartableInput)
    .output(contract.startablesSchema)
    .query(({ ctx, input }) => service.listStartable(ctx, input)),
  own: procedure("run:start")
    .input(contract.ownRunsInput)
    .output(contract.ownRunsSchema)
    .query(({ ctx, input }) => service.listOwnRuns(ctx, input)),
  ownResult: procedure("run:start")
    .input(contract.runRefInput)
    .output(contract.ownResultSchema)
    .query(({ ctx, input }) => service.getOwnResult(ctx, input)),
  cancel: procedure("run:cancel")
    .input(contract.cancelRunInput)
    .output(contract.cancelRunOutput)
    .mutation(({ ctx, input }) => service.cancelRun(ctx, input)),
  rerun: procedure("run:start")
    .input(contract.rerunInput)
    .output(contract.startedRunSchema)
    .mutation(({ ctx, input }) => service.rerun(ctx, input)),
  cancelMany: procedure("run:cancel")
    .input(contract.cancelRunsInput)
    .output(contract.cancelRunsOutput)
    .mutation(({ ctx, input }) => service.cancelRuns(ctx, input)),
  rerunMany: procedure("run:start")
    .input(contract.rerunRunsInput)
    .output(contract.rerunRunsOutput)
    .mutation(({ ctx, input }) => service.rerunRuns(ctx, input)),
  keep: procedure("run:cancel")
    .input(contract.keepRunInput)
    .output(contract.keepRunOutput)
    .mutation(({ ctx, input }) => service.keepRun(ctx, input)),
  signal: procedure("wait:answer")
    .input(contract.signalRunInput)
    .output(contract.cancelRunOutput)
    .mutation(({ ctx, input }) => service.signalRun(ctx, input)),
});
