export { exportAuditResponse } from "./export";
export { listAuditEvents, verifyChainOf } from "./list";
