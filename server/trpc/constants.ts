/** Calls that one request may hold. */
export const MAX_BATCH = 50;
