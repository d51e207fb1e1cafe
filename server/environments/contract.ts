import { z } from "zod";
import { ROLES } from "@/server/auth/permissions";
import { TAG_COLORS } from "@/server/organizing/constants";
import { MAX_ENVIRONMENTS, MAX_PROMOTERS } from "./constants";

const nameSchema = z.string().trim().min(1).max(60);
/** Name for programs; it stays what it was. */
export const environmentSlugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must hold small letters, digits and - (40 at most)");
const colorSchema = z.enum(TAG_COLORS);

/** An environment by its id or its name for programs. */
export const environmentRefSchema = z.string().min(1).max(60);

export const environmentNameSchema = z.object({ id: z.string(), name: z.string(), slug: z.string(), color: colorSchema.catch("gray") });
export type EnvironmentName = z.output<typeof environmentNameSchema>;

export const environmentSchema = environmentNameSchema.extend({
  /** The last one: what triggers, links and programs start unless they say otherwise. */
  isLive: z.boolean(),
  /** Values without an environment are not seen. */
  isStrict: z.boolean(),
  /** Drafts may be tested with its values. */
  allowsTests: z.boolean(),
  /** Versions may come from any earlier environment. */
  allowsSkipping: z.boolean(),
  /** Of those who may publish; none: all of them. */
  promoters: z.object({ roles: z.array(z.string()), people: z.array(z.object({ id: z.string(), name: z.string() })) }),
  /** Whether whoever asks may bring versions here. */
  mayPromote: z.boolean(),
});
export type EnvironmentView = z.output<typeof environmentSchema>;
export const environmentsSchema = z.array(environmentSchema);

/** In the order of promotion. The first time the last one becomes the live one; later ones come before it. */
export const addEnvironmentsInput = z.object({
  environments: z.array(z.object({ name: nameSchema, slug: environmentSlugSchema, color: colorSchema.default("gray") })).min(1).max(MAX_ENVIRONMENTS),
});
export const changeEnvironmentInput = z.object({
  environmentId: z.uuid(),
  name: nameSchema.optional(),
  color: colorSchema.optional(),
  isStrict: z.boolean().optional(),
  allowsTests: z.boolean().optional(),
  allowsSkipping: z.boolean().optional(),
  promoters: z.object({ roles: z.array(z.enum(ROLES)).max(ROLES.length).default([]), userIds: z.array(z.uuid()).max(MAX_PROMOTERS).default([]) }).optional(),
});
/** All of them, in their new order; the live one stays last. */
export const orderEnvironmentsInput = z.object({ environmentIds: z.array(z.uuid()).min(1).max(MAX_ENVIRONMENTS) });
/** `withdraw`: takes out what is deployed there first. */
export const removeEnvironmentInput = z.object({ environmentId: z.uuid(), withdraw: z.boolean().default(false) });
