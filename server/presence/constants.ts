/** How often an open page says that it is there. */
export const PRESENCE_EVERY_MS = 15_000;
