/** So long a verified domain counts without its record in the DNS. */
export const GRACE_DAYS = 7;
/** So often at least it was looked for in vain before. */
export const LEAST_MISSES = 3;
