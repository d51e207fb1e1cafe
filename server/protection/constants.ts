/** People that a rule names. */
export const MAX_EXCEPTIONS = 100;
