import { meRouter } from "@/server/auth/router";
import { catalogRouter } from "@/server/catalog/router";
import { runsRouter } from "@/server/runs/router";
import { waitsRouter } from "@/server/waits/router";
import { workersRouter } from "@/server/workers/router";
import { examplesRouter, workflowsRouter } from "@/server/workflows/router";
import { createCallerFactory, router } from "./init";

export const appRouter = router({
  me: meRouter,
  workflows: workflowsRouter,
  examples: examplesRouter,
  runs: runsRouter,
  waits: waitsRouter,
  catalog: catalogRouter,
  workers: workersRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
