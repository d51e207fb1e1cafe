import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { MAX_AUDIT_DAYS, MIN_AUDIT_DAYS } from "./constants";

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Set by the stream itself. */
const OWN_HEADERS = /^(content-type|content-length|host|connection|transfer-encoding|webhook-.*)$/i;

export const streamConfigSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    /** One more header, such as `Authorization`; its value is a secret. */
    header: z.string().regex(HEADER_NAME, "must be the name of a header").refine((name) => !OWN_HEADERS.test(name), "is set by Millrace itself").nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal("syslog"),
    host: z.string().trim().regex(/^[A-Za-z0-9.:_-]+$/, "must be the name or address of a host").max(253),
    port: z.int().min(1).max(65_535),
    tls: z.boolean().default(true),
    /** Of an authority that the installation does not know anyhow. */
    certificate: z.string().max(50_000).regex(/^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/, "must be certificates in PEM").nullable().default(null),
  }),
]);
export type StreamConfig = z.output<typeof streamConfigSchema>;

export const saveStreamInput = z.object({
  config: streamConfigSchema,
  /** Without it, a new webhook gets one that is shown once, and an existing one keeps its own. */
  signingSecret: z.string().regex(/^whsec_[A-Za-z0-9+/=]{32,128}$/, "must begin with whsec_, followed by base64").optional(),
  headerValue: z.string().min(1).max(4_000).regex(/^[\t\x20-\x7e\x80-\xff]*$/, "must be one line").optional(),
  /** Where it begins; an existing stream goes on where it is without one. */
  from: z.enum(["beginning", "now"]).optional(),
});
export const savedStreamSchema = z.object({ signingSecret: z.string().nullable() });
export const enableStreamInput = z.object({ enabled: z.boolean() });
export const nothingInput = z.strictObject({});
export const testedSchema = z.object({ error: z.string().nullable() });

export const streamSchema = z.object({
  config: streamConfigSchema,
  hasHeaderValue: z.boolean(),
  enabled: z.boolean(),
  /** Sealed events that the other side does not have yet. */
  behind: z.int(),
  /** When the first of them happened. */
  oldestAt: momentSchema.nullable(),
  deliveredAt: momentSchema.nullable(),
  error: z.string().nullable(),
  failingSince: momentSchema.nullable(),
  /** When it is tried again. */
  dueAt: momentSchema,
});
export type StreamView = z.output<typeof streamSchema>;

export const setAuditRetentionInput = z.object({
  /** Null: events stay for ever. */
  keepDays: z.int().min(MIN_AUDIT_DAYS, `must be at least ${MIN_AUDIT_DAYS}`).max(MAX_AUDIT_DAYS).nullable(),
});

export const auditKeepingSchema = z.object({
  stream: streamSchema.nullable(),
  keepDays: z.int().nullable(),
  /** Events that retention has removed so far. */
  removed: z.int(),
});
export type AuditKeeping = z.output<typeof auditKeepingSchema>;
