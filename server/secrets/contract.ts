import { z } from "zod";
import { environmentIdSchema, folderIdSchema, placeSchema } from "@/server/named-values/contract";
import { momentSchema } from "@/server/paging/contract";

export const SECRET_VALUE_MAX_BYTES = 65_536;

/** What `{{ secrets.NAME }}` can name. */
export const secretNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must begin with a letter or _ and hold only letters, digits and _ (100 at most)");

/** Values go in and never come out. */
export const secretViewSchema = placeSchema.extend({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Raised by every new value. */
  revision: z.int(),
  /** Where it lies; null: here. */
  store: z.object({ id: z.string(), name: z.string(), ref: z.string() }).nullable(),
  updatedAt: momentSchema,
  updatedBy: z.string().nullable(),
  lastUsedAt: momentSchema.nullable(),
  /** Workflows whose draft or published version means it. */
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
  /** All that names it: triggers, adapters and settings too. */
  useCount: z.int(),
});
export type SecretView = z.output<typeof secretViewSchema>;

export const putSecretInput = z.object({
  name: secretNameSchema,
  folderId: folderIdSchema,
  environmentId: environmentIdSchema,
  /** Left out: the value stays, only the description changes. */
  value: z
    .string()
    .min(1)
    .refine((text) => new TextEncoder().encode(text).length <= SECRET_VALUE_MAX_BYTES, `must not exceed ${SECRET_VALUE_MAX_BYTES} bytes`)
    .optional(),
  /** Instead of a value: where it lies in a store, `path#key`. */
  store: z.object({ storeId: z.uuid(), ref: z.string().trim().min(1).max(500) }).optional(),
  description: z.string().max(1_000).optional(),
}).refine(({ value, store }) => value === undefined || store === undefined, { path: ["store"], message: "cannot be given together with a value" });

export const secretRefInput = z.object({ name: secretNameSchema, folderId: folderIdSchema, environmentId: environmentIdSchema });
export const secretIdInput = z.object({ secretId: z.uuid() });
export const secretsOfWorkflowInput = z.object({ workflowId: z.uuid() });
/** The secrets that a workflow sees, with the folder that each comes from. */
export const seenSecretsSchema = z.array(z.object({ name: z.string(), description: z.string(), folderId: z.string().nullable() }));
