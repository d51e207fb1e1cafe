import { batchRoutes } from "./batch-routes";
import { environmentRoutes } from "./environment-routes";
import type { Route } from "./route";
import { reviewRoutes } from "./review-routes";
import { runRoutes } from "./run-routes";
import { triggerRoutes } from "./trigger-routes";
import { waitRoutes } from "./wait-routes";
import { workflowRoutes } from "./workflow-routes";

/** Every route of the REST API. What is not here does not exist; the OpenAPI document is made of it. */
export const ROUTES: readonly Route[] = [...workflowRoutes, ...runRoutes, ...batchRoutes, ...waitRoutes, ...triggerRoutes, ...reviewRoutes, ...environmentRoutes];
