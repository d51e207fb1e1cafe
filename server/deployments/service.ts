export { findEitherRoute, planPromotion } from "./plan";
export { promote, rollBack, withdraw } from "./promote";
export { deploymentsOfWorkflow } from "./views";
