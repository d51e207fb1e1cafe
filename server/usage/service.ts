// What workspaces use, and how much they may.
export { collectUsage } from "./collect";
export { exportUsageResponse, usageAsCsv } from "./export";
export { judgeQuotas } from "./judge";
export { listWorkspaceQuotas, setWorkspaceQuota, toQuotaView, writeQuota } from "./quotas";
export { lastMonths, toMonthUsage } from "./queries";
export { viewUsage } from "./view";
