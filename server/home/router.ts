import { z } from "zod";
import { procedure, router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const homeRouter = router({
  health: procedure("run:read")
    .input(contract.healthInput)
    .output(contract.healthSchema)
    .query(({ ctx, input }) => service.viewHealth(ctx, input)),
  backlog: procedure("run:read")
    .output(contract.backlogSchema)
    .query(({ ctx }) => service.viewBacklog(ctx)),
  schedules: procedure("trigger:read")
    .output(contract.schedulesSchema)
    .query(({ ctx }) => service.viewSchedules(ctx)),
  guide: procedure("workflow:read")
    .output(contract.guideSchema)
    .query(({ ctx }) => service.viewGuide(ctx)),
  beginWithExample: wholeProcedure("workflow:publish")
    .output(z.object({ runId: z.string() }))
    .mutation(({ ctx }) => service.beginWithExample(ctx)),
  showGuide: procedure("workflow:read")
    .input(contract.guideShownInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.setGuideShown(ctx, input)),
});
