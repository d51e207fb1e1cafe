export { exportAuditResponse } from "./export";
export { listAuditEvents, listOrganizationAuditEvents, listPlatformAuditEvents, verifyChainOf } from "./list";
