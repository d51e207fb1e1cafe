export { startRetention, workOnDue, type RetentionRuntime } from "./runtime";
export { setRetention, viewRemovals, viewRetention, viewSizes } from "./settings";
