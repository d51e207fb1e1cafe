/** Names the workspace (its slug) that a tRPC request is about. */
export const WORKSPACE_HEADER = "x-millrace-workspace";

/** Names the organization (its slug), for requests that are about no workspace of it. */
export const ORGANIZATION_HEADER = "x-millrace-organization";

export const PASSWORD_MIN_LENGTH = 10;

/** So long after a proof of who somebody is nobody asks for another. */
export const PROOF_MINUTES = 10;
