import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

const MAX_RULES = 200;
const claimName = z.string().trim().min(1).max(300);

/** Who is in a group there has a role, or is in a group, here. */
export const ruleSchema = z.object({ group: z.string().trim().min(1, "must name a group").max(300), role: z.enum(["member", "admin"]).nullable().default(null), groupId: z.uuid().nullable().default(null) });
export type Rule = z.output<typeof ruleSchema>;

/** Names of claims or attributes; null: the usual ones. */
export const mappingSchema = z.object({
  email: claimName.nullable().default(null),
  name: claimName.nullable().default(null),
  groups: claimName.nullable().default(null),
  rules: z.array(ruleSchema).max(MAX_RULES).default([]),
});
export type Mapping = z.output<typeof mappingSchema>;

const webAddress = z.url({ protocol: /^https?$/, error: "must be an address that begins with https://" }).max(2_000);
const scopeName = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be words without quotes").max(200);

const shared = {
  name: z.string().trim().min(1, "must not be empty").max(100),
  provisions: z.boolean().default(true),
  defaultRole: z.enum(["member", "admin"]).default("member"),
  mapping: mappingSchema.default({ email: null, name: null, groups: null, rules: [] }),
};

export const oidcInput = z.object({
  kind: z.literal("oidc"),
  ...shared,
  issuer: webAddress,
  clientId: z.string().trim().min(1, "must not be empty").max(500),
  /** Left out: stays as it is. Empty: the provider knows this client without one. */
  clientSecret: z.string().max(2_000).optional(),
  scopes: z.array(scopeName).max(30).default(["email", "profile"]),
});

export const samlInput = z.object({
  kind: z.literal("saml"),
  ...shared,
  entityId: z.string().trim().min(1, "must not be empty").max(1_000),
  ssoUrl: webAddress,
  /** PEM, or its inner lines alone. */
  certificates: z.array(z.string().trim().min(1).max(20_000)).min(1, "must hold at least one certificate").max(5),
  unsolicited: z.boolean().default(false),
});

export const connectionInput = z.discriminatedUnion("kind", [oidcInput, samlInput]);
export type ConnectionInput = z.output<typeof connectionInput>;
export const connectionRef = z.object({ connectionId: z.uuid() });
export const updateConnectionInput = connectionRef.extend({ connection: connectionInput });
export const enableInput = connectionRef.extend({ enabled: z.boolean() });

export const certificateSchema = z.object({ pem: z.string(), subject: z.string(), fingerprint: z.string(), validUntil: momentSchema, isExpired: z.boolean() });

/** The metadata of a SAML provider: where it is, or itself. */
export const metadataInput = z.union([z.object({ url: webAddress }), z.object({ xml: z.string().min(1).max(1_048_576) })]);
export type MetadataInput = z.output<typeof metadataInput>;
export const readMetadataSchema = z.object({ entityId: z.string(), ssoUrl: z.string(), certificates: z.array(certificateSchema) });
export type ReadMetadata = z.output<typeof readMetadataSchema>;

export const connectionSchema = z.object({
  id: z.string(),
  kind: z.enum(["oidc", "saml"]),
  name: z.string(),
  enabled: z.boolean(),
  provisions: z.boolean(),
  defaultRole: z.enum(["member", "admin"]),
  mapping: mappingSchema,
  issuer: z.string().nullable(),
  clientId: z.string().nullable(),
  hasSecret: z.boolean(),
  scopes: z.array(z.string()),
  entityId: z.string().nullable(),
  ssoUrl: z.string().nullable(),
  certificates: z.array(certificateSchema),
  unsolicited: z.boolean(),
  /** What the provider is told. */
  addresses: z.object({ start: z.string(), test: z.string(), redirect: z.string(), entity: z.string(), metadata: z.string() }),
});
export type ConnectionView = z.output<typeof connectionSchema>;

export const domainSchema = z.object({
  id: z.string(),
  domain: z.string(),
  connectionId: z.string().nullable(),
  verifiedAt: momentSchema.nullable(),
  /** The record is gone since then; null: it is there, or was never. */
  missingSince: momentSchema.nullable(),
  record: z.object({ name: z.string(), value: z.string() }),
});
export type DomainView = z.output<typeof domainSchema>;
export const addDomainInput = z.object({
  domain: z.string().trim().toLowerCase().max(253).regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/, "must be a domain like example.com"),
});
export const domainRef = z.object({ domainId: z.uuid() });
export const routeDomainInput = domainRef.extend({ connectionId: z.uuid().nullable() });

export const ssoSchema = z.object({ connections: z.array(connectionSchema), domains: z.array(domainSchema), groups: z.array(z.object({ id: z.string(), name: z.string() })) });

/** What a trial of a connection came to. */
export const trialSchema = z.object({
  problem: z.string().nullable(),
  claims: z.record(z.string(), z.json()),
  subject: z.string().nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  groups: z.array(z.string()),
  role: z.string().nullable(),
  joins: z.array(z.string()),
});
export type Trial = z.output<typeof trialSchema>;
export const trialRef = z.object({ testId: z.uuid() });

export const findSsoInput = z.object({ email: z.string().trim().toLowerCase().max(320), next: z.string().max(2_000).default("/") });
/** Where a browser with this address goes; null: it signs in here. */
export const foundSsoSchema = z.object({ start: z.string().nullable() });
