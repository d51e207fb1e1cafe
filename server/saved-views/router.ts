import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const savedViewsRouter = router({
  list: procedure("run:read")
    .input(contract.listViewsInput)
    .output(z.array(contract.savedViewSchema))
    .query(({ ctx, input }) => service.listViews(ctx, input)),
  create: procedure("run:read")
    .input(contract.createViewInput)
    .output(contract.savedViewSchema)
    .mutation(({ ctx, input }) => service.createView(ctx, input)),
  update: procedure("run:read")
    .input(contract.updateViewInput)
    .output(contract.savedViewSchema)
    .mutation(({ ctx, input }) => service.updateView(ctx, input)),
  remove: procedure("run:read")
    .input(contract.viewRefInput)
    .output(z.object({ viewId: z.string() }))
    .mutation(({ ctx, input }) => service.removeView(ctx, input)),
});
