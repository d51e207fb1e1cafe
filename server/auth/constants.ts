/** Names the workspace (its slug) that a tRPC request is about. */
export const WORKSPACE_HEADER = "x-millrace-workspace";

export const PASSWORD_MIN_LENGTH = 10;
