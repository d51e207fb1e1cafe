/** Roles that programs can have. */
export const SERVICE_ROLES = ["admin", "builder", "operator", "viewer"] as const;
