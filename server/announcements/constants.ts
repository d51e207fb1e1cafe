export const LEVELS = ["info", "warning", "danger"] as const;
export type Level = (typeof LEVELS)[number];
export const AUDIENCES = ["everybody", "administrators", "organization"] as const;
export type Audience = (typeof AUDIENCES)[number];
export const MAX_ANNOUNCEMENT_LENGTH = 500;
