/** Of one question about rights. */
export const MAX_PLACES = 200;
