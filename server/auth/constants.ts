/** Names the workspace (its slug) that a tRPC request is about. */
export const WORKSPACE_HEADER = "x-millrace-workspace";

/** Names the organization (its slug), for requests that are about no workspace of it. */
export const ORGANIZATION_HEADER = "x-millrace-organization";

/** Ways to sign in that an organization can allow or not; its own single sign-on always is. */
export const SIGN_IN_METHODS = ["password", "link", "passkey", "github", "google"] as const;
export type OwnSignInMethod = (typeof SIGN_IN_METHODS)[number];

export const PASSWORD_MIN_LENGTH = 10;

/** So long after a proof of who somebody is nobody asks for another. */
export const PROOF_MINUTES = 10;

/** So long the pages of the installation stay open after one; what changes something there wants one as young as everywhere. */
export const ADMINISTRATION_MINUTES = 60;

/**
 * How far a session has come: only `full` acts. `second_factor`: the code or passkey is still to be shown; `enrol`: an organization
 * wants a second factor and the person has none yet; `sso`: an organization wants its own sign-in; `other_way`: an organization does
 * not allow the way in which the person came.
 */
export const STAGES = ["full", "second_factor", "enrol", "sso", "other_way"] as const;
export type Stage = (typeof STAGES)[number];
