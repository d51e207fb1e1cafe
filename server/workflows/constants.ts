export const WORKFLOW_SORTS = ["updated", "created", "name", "run"] as const;

export const PUBLISH_STATES = ["published", "changed", "unpublished"] as const;

/** Of the last run; `never`: there is none. */
export const LAST_RUN_STATES = ["queued", "running", "waiting", "blocked", "succeeded", "failed", "cancelled", "never"] as const;

/** Versions of a workflow that are listed at a time. */
export const VERSIONS_PAGE = 50;

/** Workflows that one request may archive, delete or take back. */
export const MAX_CHANGED_TOGETHER = 200;
