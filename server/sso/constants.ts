/** So long a verified domain counts without its record in the DNS. */
export const GRACE_DAYS = 7;
