export const TAG_COLORS = ["gray", "red", "orange", "green", "teal", "blue", "violet", "pink"] as const;
