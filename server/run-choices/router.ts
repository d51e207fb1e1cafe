import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

/** What the filters of runs choose from, however much there is. */
export const runChoicesRouter = router({
  starters: procedure("run:read")
    .input(contract.listStartersInput)
    .output(contract.starterPageSchema)
    .query(({ ctx, input }) => service.listStarters(ctx, input)),
  versions: procedure("run:read")
    .input(contract.listVersionChoicesInput)
    .output(contract.versionChoicePageSchema)
    .query(({ ctx, input }) => service.listVersionChoices(ctx, input)),
});
