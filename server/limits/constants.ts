/** Runs of a list that are asked about at once. */
export const MAX_BRIEFS = 200;
