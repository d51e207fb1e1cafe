import { z } from "zod";
import { environmentIdSchema, folderIdSchema, placeSchema } from "@/server/named-values/contract";
import { momentSchema } from "@/server/paging/contract";

export const VARIABLE_VALUE_MAX_BYTES = 65_536;

/** What `{{ vars.NAME }}` can name. */
export const variableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must begin with a letter or _ and hold only letters, digits and _ (100 at most)");

export const variableViewSchema = placeSchema.extend({
  id: z.string(),
  name: z.string(),
  value: z.unknown(),
  description: z.string(),
  updatedAt: momentSchema,
  updatedBy: z.string().nullable(),
  /** Workflows whose draft or published version means it. */
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type VariableView = z.output<typeof variableViewSchema>;

export const variableValueSchema = z
  .json()
  .refine((value) => new TextEncoder().encode(JSON.stringify(value)).length <= VARIABLE_VALUE_MAX_BYTES, `must not exceed ${VARIABLE_VALUE_MAX_BYTES} bytes as JSON`);

export const setVariableInput = z.object({
  name: variableNameSchema,
  folderId: folderIdSchema,
  environmentId: environmentIdSchema,
  value: variableValueSchema,
  description: z.string().max(1_000).optional(),
});

export const variableRefInput = z.object({ name: variableNameSchema, folderId: folderIdSchema, environmentId: environmentIdSchema });
export const variableIdInput = z.object({ variableId: z.uuid() });
export const variablesOfWorkflowInput = z.object({ workflowId: z.uuid() });
/** The variables that a workflow sees, with the folder that each comes from. */
export const seenVariablesSchema = z.array(z.object({ name: z.string(), value: z.unknown(), folderId: z.string().nullable() }));
