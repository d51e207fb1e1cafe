import { procedure, router } from "@/server/trpc/init";
import { workersViewSchema } from "./contract";
import { viewWorkers } from "./service";

export const workersRouter = router({
  list: procedure("settings:read")
    .output(workersViewSchema)
    .query(({ ctx }) => viewWorkers(ctx)),
});
