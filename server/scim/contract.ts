import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const SCIM_TOKEN_PREFIX = "msc_";
/** Of tokens made by earlier releases, which go on; secrets of applications begin so too. */
export const FORMER_SCIM_TOKEN_PREFIX = "mls_";

export const scimTokenSchema = z.object({ id: z.string(), name: z.string(), prefix: z.string(), createdAt: momentSchema, lastUsedAt: momentSchema.nullable() });
export type ScimTokenView = z.output<typeof scimTokenSchema>;
export const createScimTokenInput = z.object({ name: z.string().trim().min(1, "must not be empty").max(100) });
/** The token itself, this once. */
export const createdScimTokenSchema = scimTokenSchema.extend({ token: z.string() });
export const scimTokenRef = z.object({ tokenId: z.uuid() });
export const scimSchema = z.object({ baseUrl: z.string(), tokens: z.array(scimTokenSchema) });
