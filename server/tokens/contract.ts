import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const TOKEN_PREFIX = "mlr_";

export const tokenViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** First characters of the token, to recognize it by. */
  prefix: z.string(),
  scopes: z.array(z.string()),
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  createdAt: momentSchema,
  expiresAt: momentSchema.nullable(),
  lastUsedAt: momentSchema.nullable(),
});
export type TokenView = z.output<typeof tokenViewSchema>;

export const createTokenInput = z.object({
  name: z.string().trim().min(1).max(100),
  /** Permissions; none that the owner lacks. */
  scopes: z.array(z.string().max(100)).min(1).max(100),
  expiresInDays: z.int().min(1).max(3_650).nullable().default(90),
});
/** `token` is shown this once. */
export const createdTokenSchema = tokenViewSchema.extend({ token: z.string() });
export type CreatedToken = z.output<typeof createdTokenSchema>;

export const tokenRefInput = z.object({ tokenId: z.uuid() });
