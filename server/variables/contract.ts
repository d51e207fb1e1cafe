import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const VARIABLE_VALUE_MAX_BYTES = 65_536;

/** What `{{ vars.NAME }}` can name. */
export const variableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must begin with a letter or _ and hold only letters, digits and _ (100 at most)");

export const variableViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  value: z.unknown(),
  description: z.string(),
  updatedAt: momentSchema,
  updatedBy: z.string().nullable(),
});
export type VariableView = z.output<typeof variableViewSchema>;

export const setVariableInput = z.object({
  name: variableNameSchema,
  value: z
    .json()
    .refine((value) => new TextEncoder().encode(JSON.stringify(value)).length <= VARIABLE_VALUE_MAX_BYTES, `must not exceed ${VARIABLE_VALUE_MAX_BYTES} bytes as JSON`),
  description: z.string().max(1_000).optional(),
});

export const variableRefInput = z.object({ name: variableNameSchema });
