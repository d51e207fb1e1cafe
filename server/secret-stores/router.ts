import { z } from "zod";
import { listStores, removeStore, saveStore, testStore } from "@/server/secrets/service";
import { router, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";

export const secretStoresRouter = router({
  list: wholeProcedure("secret:list").output(z.array(contract.storeViewSchema)).query(({ ctx }) => listStores(ctx)),
  save: wholeProcedure("settings:write")
    .input(contract.saveStoreInput)
    .output(z.object({ id: z.string() }))
    .mutation(({ ctx, input }) => saveStore(ctx, input)),
  test: wholeProcedure("settings:write")
    .input(contract.testStoreInput)
    .output(contract.testedStoreSchema)
    .mutation(({ ctx, input }) => testStore(ctx, input)),
  remove: wholeProcedure("settings:write").input(contract.storeRefInput).mutation(({ ctx, input }) => removeStore(ctx, input)),
});
