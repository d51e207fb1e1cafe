import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import { limitsViewSchema, setLimitsInput, waitReasonViewSchema } from "./contract";
import * as service from "./service";

export const limitsRouter = router({
  get: procedure("settings:read").output(limitsViewSchema).query(({ ctx }) => service.viewLimits(ctx)),
  set: procedure("settings:write").input(setLimitsInput).mutation(({ ctx, input }) => service.setLimits(ctx, input)),
  /** Why an unfinished run does not run. */
  why: procedure("run:read")
    .input(z.object({ runId: z.uuid() }))
    .output(waitReasonViewSchema.nullable())
    .query(({ ctx, input }) => service.explainWait(ctx, input)),
});
