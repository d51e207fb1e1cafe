/** First parts of addresses that are pages of the installation, and so no workspace's. A test compares them with the pages. */
export const RESERVED_SLUGS: readonly string[] = ["a", "admin", "api", "confirm-email", "join", "metrics", "organizations", "profile", "reset-password", "s", "sign-in"];
