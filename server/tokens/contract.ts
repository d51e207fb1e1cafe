import { z } from "zod";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";

export const TOKEN_PREFIX = "mlr_";
export const REFRESH_PREFIX = "mrr_";

export const MAX_ADDRESSES = 50;
export const MAX_OVERLAP_HOURS = 720;

/** Addresses or CIDR ranges; none: any. */
export const addressesSchema = z.array(z.string().trim().max(60)).max(MAX_ADDRESSES);
/** `resource:action`, or `resource:action:FOLDER` with a folder's path (`Sales/Europe`) or id. */
export const tokenScopesSchema = z.array(z.string().max(1_000)).min(1).max(100);

export const tokenViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** First characters of the token, to recognize it by. */
  prefix: z.string(),
  /** Folders by path. */
  scopes: z.array(z.string()),
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  serviceAccount: z.object({ id: z.string(), name: z.string(), disabled: z.boolean() }).nullable(),
  allowedAddresses: z.array(z.string()),
  createdAt: momentSchema,
  expiresAt: momentSchema.nullable(),
  lastUsedAt: momentSchema.nullable(),
  lastUsedIp: z.string().nullable(),
});
export type TokenView = z.output<typeof tokenViewSchema>;
export const listTokensInput = z.object({ ...pageInput, search: z.string().trim().max(200).default("") });
export const tokensSchema = pageOf(tokenViewSchema);

export const createTokenInput = z.object({
  name: z.string().trim().min(1).max(100),
  /** None that the holder lacks. */
  scopes: tokenScopesSchema,
  expiresInDays: z.int().min(1).max(3_650).nullable().default(90),
  allowedAddresses: addressesSchema.optional(),
  /** Without one it is the person's who makes it. */
  serviceAccountId: z.uuid().optional(),
});
/** `token` is shown this once. */
export const createdTokenSchema = tokenViewSchema.extend({ token: z.string() });
export type CreatedToken = z.output<typeof createdTokenSchema>;

export const tokenRefInput = z.object({ tokenId: z.uuid() });
/** The old token works for so long, and no longer than it would have. */
export const rotateTokenInput = tokenRefInput.extend({ overlapHours: z.number().min(0).max(MAX_OVERLAP_HOURS).default(24) });
