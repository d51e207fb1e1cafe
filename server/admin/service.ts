// What those see and do who look after the installation: numbers and processes, and nothing that is in workspaces.
export { viewDatabase } from "./database";
export { viewEvents } from "./events";
export { listOrganizations, listQuotas, listUsage, setQuota } from "./organizations";
export { viewOverview } from "./overview";
export { endSessions, findUsers, grantAdministrator, listAdministrators, revokeAdministrator, setUserDisabled } from "./people";
export { drainWorker, keepWorker, viewWorkers } from "./workers";
export { setRules, viewRules } from "./rules";
