import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const catalogRouter = router({
  list: procedure("settings:read")
    .input(contract.listCatalogInput)
    .output(z.array(contract.catalogItemSchema))
    .query(({ ctx, input }) => service.listCatalog(ctx, input)),
  providers: procedure("settings:read")
    .output(contract.providersSchema)
    .query(() => service.listProviders()),
  create: procedure("settings:write")
    .input(contract.createAdapterInput)
    .output(contract.catalogItemSchema)
    .mutation(({ ctx, input }) => service.createAdapter(ctx, input)),
  update: procedure("settings:write")
    .input(contract.updateAdapterInput)
    .output(contract.catalogItemSchema)
    .mutation(({ ctx, input }) => service.updateAdapter(ctx, input)),
  remove: procedure("settings:write")
    .input(contract.catalogRefInput)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => service.removeAdapter(ctx, input)),
});
