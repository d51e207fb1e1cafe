import { z } from "zod";
import { ROLES } from "@/server/auth/permissions";
import { environmentNameSchema, environmentRefSchema } from "@/server/environments/contract";
import { MAX_EXCEPTIONS } from "./constants";

/** Whom a rule does not hold. */
export const exceptionsSchema = z.object({
  roles: z.array(z.enum(ROLES)).max(ROLES.length).default([]),
  userIds: z.array(z.uuid()).max(MAX_EXCEPTIONS).default([]),
});

export const protectionRuleSchema = z.object({
  id: z.string(),
  /** Null: the whole workspace. */
  folder: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Whose versions it is about: to come there needs the review. Null: publishing does. */
  environment: environmentNameSchema.nullable(),
  /** Publishing, or coming to the environment, needs the review of another person; `mayPublish` may without. */
  needsReview: z.boolean(),
  mayPublish: z.object({ roles: z.array(z.string()), people: z.array(z.object({ id: z.string(), name: z.string() })) }),
  /** Nobody changes anything but `mayChange`. */
  isLocked: z.boolean(),
  mayChange: z.object({ roles: z.array(z.string()), people: z.array(z.object({ id: z.string(), name: z.string() })) }),
});
export type ProtectionRuleView = z.output<typeof protectionRuleSchema>;

/** Puts the one rule of a place, or of what comes to an environment from there; neither review nor lock takes it away. */
export const setProtectionInput = z.object({
  folderId: z.uuid().nullable(),
  environment: environmentRefSchema.nullable().default(null).describe("Versions that come to this environment need the review, in place of publishing. Such a rule locks nothing."),
  needsReview: z.boolean().default(false),
  mayPublish: exceptionsSchema.default({ roles: [], userIds: [] }),
  isLocked: z.boolean().default(false),
  mayChange: exceptionsSchema.default({ roles: [], userIds: [] }),
});
