/** Of a workspace. */
export const MAX_ENVIRONMENTS = 10;
export const MAX_PROMOTERS = 100;

/** What is offered to begin with, in the order of promotion. */
export const FIRST_ENVIRONMENTS = [
  { name: "Development", slug: "dev", color: "blue" },
  { name: "Staging", slug: "staging", color: "orange" },
  { name: "Production", slug: "production", color: "green" },
] as const;
