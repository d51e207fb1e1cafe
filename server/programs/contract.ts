import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { SERVICE_ROLES } from "./constants";
import { addressesSchema, MAX_OVERLAP_HOURS, tokenScopesSchema } from "@/server/tokens/contract";

export const CLIENT_SECRET_PREFIX = "mls_";
export const MIN_TOKEN_SECONDS = 60;
export const MAX_TOKEN_SECONDS = 86_400;

const nameSchema = z.string().trim().min(1).max(100);
const roleSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("role"), role: z.enum(SERVICE_ROLES) }),
  z.object({ kind: z.literal("custom"), customRoleId: z.uuid() }),
]);

export const serviceAccountSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  role: roleSchema,
  /** Of a custom role. */
  roleName: z.string(),
  disabled: z.boolean(),
  /** Who looks after it: its maker, or who took it over. `hasLeft`: they cannot any more, and may still know its secrets. */
  keeper: z.object({ name: z.string(), hasLeft: z.boolean() }).nullable(),
  createdAt: momentSchema,
  tokens: z.int(),
  applications: z.int(),
  lastUsedAt: momentSchema.nullable(),
});
export type ServiceAccountView = z.output<typeof serviceAccountSchema>;

export const createServiceAccountInput = z.object({ name: nameSchema, description: z.string().trim().max(500).default(""), role: roleSchema });
export const serviceAccountRefInput = z.object({ serviceAccountId: z.uuid() });
export const updateServiceAccountInput = serviceAccountRefInput.extend({ name: nameSchema.optional(), description: z.string().trim().max(500).optional(), role: roleSchema.optional(), disabled: z.boolean().optional(), takeOver: z.literal(true).optional() });

const secretViewSchema = z.object({ id: z.string(), prefix: z.string(), createdAt: momentSchema, expiresAt: momentSchema.nullable(), lastUsedAt: momentSchema.nullable() });

export const applicationSchema = z.object({
  /** Its `client_id`. */
  id: z.string(),
  name: z.string(),
  serviceAccount: z.object({ id: z.string(), name: z.string(), disabled: z.boolean() }),
  scopes: z.array(z.string()),
  allowedAddresses: z.array(z.string()),
  tokenSeconds: z.int(),
  refreshDays: z.int().nullable(),
  createdAt: momentSchema,
  secrets: z.array(secretViewSchema),
});
export type ApplicationView = z.output<typeof applicationSchema>;

export const createApplicationInput = z.object({
  name: nameSchema,
  serviceAccountId: z.uuid(),
  scopes: tokenScopesSchema,
  allowedAddresses: addressesSchema.optional(),
  tokenSeconds: z.int().min(MIN_TOKEN_SECONDS).max(MAX_TOKEN_SECONDS).default(3_600),
  /** Days that a refresh token lives; null: it gets none. */
  refreshDays: z.int().min(1).max(365).nullable().default(null),
});
/** `secret` is shown this once. */
export const createdApplicationSchema = applicationSchema.extend({ secret: z.string() });
export const applicationRefInput = z.object({ applicationId: z.uuid() });
/** The old secret works for so long. */
export const rotateSecretInput = applicationRefInput.extend({ overlapHours: z.number().min(0).max(MAX_OVERLAP_HOURS).default(24) });

/** `role`: one of these, or the id of a custom role of the organization. */
const mappingSchema = z.object({ value: z.string().min(1).max(300), role: z.enum(SERVICE_ROLES).or(z.uuid()) });
const issuerFields = {
  name: nameSchema,
  /** As it stands in `iss`. */
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  audience: z.string().trim().min(1).max(500),
  /** Of the JWK set. Without one the issuer's discovery document says it. */
  keysUrl: z.url({ protocol: /^https?$/ }).max(1_000).nullable().default(null),
  /** Path of the claim that gives roles: `groups`, `realm_access.roles`. */
  claim: z.string().trim().min(1).max(200).default("roles"),
  roles: z.array(mappingSchema).min(1).max(100),
};
export const issuerSchema = z.object({ id: z.string(), ...issuerFields, keysUrl: z.string().nullable(), claim: z.string(),
  /** `roleName`: null where a custom role is gone, and opens nothing. */
  roles: z.array(mappingSchema.extend({ role: z.string(), roleName: z.string().nullable() })),
  enabled: z.boolean(), createdAt: momentSchema, lastUsedAt: momentSchema.nullable() });
export type IssuerView = z.output<typeof issuerSchema>;
export const createIssuerInput = z.object(issuerFields);
export const issuerRefInput = z.object({ issuerId: z.uuid() });
/** What is not named stays. */
export const setIssuerInput = issuerRefInput.extend({
  name: issuerFields.name.optional(), issuer: issuerFields.issuer.optional(), audience: issuerFields.audience.optional(),
  keysUrl: z.url({ protocol: /^https?$/ }).max(1_000).nullable().optional(), claim: z.string().trim().min(1).max(200).optional(), roles: issuerFields.roles.optional(),
  enabled: z.boolean().optional(),
});
