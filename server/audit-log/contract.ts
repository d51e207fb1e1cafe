import { z } from "zod";
import { ACTOR_TYPES } from "@/server/audit/contract";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";

export const auditEventSchema = z.object({
  id: z.string(),
  at: momentSchema,
  actor: z.object({ type: z.enum(ACTOR_TYPES), id: z.string().nullable(), name: z.string().nullable() }),
  action: z.string(),
  resource: z.object({ type: z.string(), id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  /** Place in the organization's chain; null: not sealed yet. */
  chainSeq: z.int().nullable(),
});
export type AuditEventView = z.output<typeof auditEventSchema>;

export const auditFilterSchema = z.object({
  /** A whole action such as `workflow.published`, or its area: `workflow`. */
  action: z.string().max(100).optional(),
  /** A part of the name of whoever did it. */
  actor: z.string().trim().max(200).optional(),
  actorId: z.string().max(100).optional(),
  resourceType: z.string().max(100).optional(),
  resourceId: z.string().max(100).optional(),
  /** A part of the resource's name. */
  resource: z.string().trim().max(200).optional(),
  ip: z.string().max(100).optional(),
  /** Of one request, whose answer names it in `x-request-id`. */
  requestId: z.string().trim().max(100).optional(),
  /** From this moment on, and before that one. */
  from: momentSchema.optional(),
  to: momentSchema.optional(),
});
export type AuditFilter = z.output<typeof auditFilterSchema>;

export const listAuditInput = auditFilterSchema.extend(pageInput);
export const auditPageSchema = pageOf(auditEventSchema);

export const exportAuditInput = auditFilterSchema.extend({ format: z.enum(["csv", "jsonl"]).default("csv") });
