import { z } from "zod";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";

export const ACTOR_TYPES = ["user", "token", "link", "run", "system"] as const;

/** Who does something. `userId`: the person behind it, if there is one. */
export interface Actor {
  readonly type: (typeof ACTOR_TYPES)[number];
  readonly id: string | null;
  readonly name: string;
  readonly userId?: string | null;
}

/** Where a request came from. */
export interface RequestOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

/** Who did something, and in which tenant; a Scope is one. Without an organization: the installation's own events. */
export interface AuditSource {
  readonly organizationId: string | null;
  readonly workspaceId: string | null;
  readonly actor: Actor;
  readonly origin?: RequestOrigin;
}

export interface AuditEntry {
  /** `workflow.published`, `run.cancelled`, `secret.used` … */
  readonly action: string;
  readonly resource?: { readonly type: string; readonly id: string; readonly name?: string };
  /** Summaries of what changed. Never payloads, never secrets. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** Only for aggregated use: a second event with the same id is dropped. */
  readonly id?: string;
}

export const auditEventSchema = z.object({
  id: z.string(),
  at: momentSchema,
  actor: z.object({ type: z.enum(ACTOR_TYPES), id: z.string().nullable(), name: z.string().nullable() }),
  action: z.string(),
  resource: z.object({ type: z.string(), id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  before: z.unknown(),
  after: z.unknown(),
  ip: z.string().nullable(),
  sealed: z.boolean(),
});
export type AuditEventView = z.output<typeof auditEventSchema>;

export const listAuditInput = z.object({ ...pageInput, action: z.string().max(100).optional(), resourceId: z.string().max(100).optional() });
export const auditPageSchema = pageOf(auditEventSchema);
