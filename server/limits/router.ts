import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import { limitsViewSchema, setLimitsInput, stepWaitSchema, waitBriefsInput, waitBriefsSchema, waitReasonViewSchema } from "./contract";
import * as service from "./service";

export const limitsRouter = router({
  get: procedure("settings:read").output(limitsViewSchema).query(({ ctx }) => service.viewLimits(ctx)),
  set: procedure("settings:write").input(setLimitsInput).mutation(({ ctx, input }) => service.setLimits(ctx, input)),
  /** Why an unfinished run does not run. */
  why: procedure("run:read")
    .input(z.object({ runId: z.uuid() }))
    .output(waitReasonViewSchema.nullable())
    .query(({ ctx, input }) => service.explainWait(ctx, input)),
  /** The same for the runs of a list; those that wait for nothing of that kind are left out. */
  briefs: procedure("run:read").input(waitBriefsInput).output(waitBriefsSchema).query(({ ctx, input }) => service.briefWaits(ctx, input)),
  /** Steps of a run that wait for a place under the limit of their node. */
  steps: procedure("run:read")
    .input(z.object({ runId: z.uuid() }))
    .output(z.array(stepWaitSchema))
    .query(({ ctx, input }) => service.listStepWaits(ctx, input)),
});
