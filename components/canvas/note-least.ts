import type { Size } from "./geometry";

/** Notes are never smaller. */
export const NOTE_LEAST: Size = { width: 120, height: 60 };
