export { exportAuditResponse } from "./export";
export { listAuditEvents, listPlatformAuditEvents, verifyChainOf } from "./list";
