/** Days that an organization keeps its audit events at least, if it does not keep them for ever. */
export const MIN_AUDIT_DAYS = 30;
export const MAX_AUDIT_DAYS = 36_500;
