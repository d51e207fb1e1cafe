import { z } from "zod";

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

/** Whether the chain's ends were looked at for their signature. */
const chainSignatureSchema = z.discriminatedUnion("kind", [
  /** Nobody has sealed since there are signatures. */
  z.object({ kind: z.literal("none") }),
  /** This process has not the master key that the signing key lies under. */
  z.object({ kind: z.literal("unreadable") }),
  /** `key`: its fingerprint. Ends from before it was made were signed as they were then. */
  z.object({ kind: z.literal("signed"), key: z.string(), since: z.string() }),
]);
export type ChainSignature = z.output<typeof chainSignatureSchema>;

export const chainReportSchema = z.object({
  events: z.int(),
  /** The first event that is there is the one after this; what was before, retention has removed. */
  startSeq: z.int(),
  /** Recorded, and not in the chain yet. */
  unsealed: z.int(),
  signature: chainSignatureSchema,
  /** The first thing that is wrong. */
  problem: z
    .discriminatedUnion("kind", [
      /** Event `seq` is not there, or the chain ends before the place that was last sealed. */
      z.object({ kind: z.literal("missing"), seq: z.int() }),
      /** Event `seq`, or one before it that was exchanged together with its hash, is not what was sealed. */
      z.object({ kind: z.literal("altered"), seq: z.int(), eventId: z.string() }),
      /** The chain begins after event `seq`, and no event says that retention removed what was before. */
      z.object({ kind: z.literal("unexplained_start"), seq: z.int() }),
      /** Event `seq` says that it is of the chain, and lies outside its ends. */
      z.object({ kind: z.literal("outside"), seq: z.int() }),
      /** The chain ends with event `seq`, which was not put there by whoever has the master key: any of it may have been written anew. */
      z.object({ kind: z.literal("unsigned"), seq: z.int() }),
      /** The chain fits, and the installation's chains together do not go as far as when one was last sealed: one of them, perhaps this one, was set back or taken away. */
      z.object({ kind: z.literal("set_back") }),
      /** The signing key, as it is stored, is not what was sealed: nothing that it signed can be checked. */
      z.object({ kind: z.literal("key_changed") }),
    ])
    .nullable(),
});
export type ChainReport = z.output<typeof chainReportSchema>;
export type ChainProblem = NonNullable<ChainReport["problem"]>;

/** What is recorded when retention removes the beginning of a chain: where what is left begins, and upon which hash. */
export const AUDIT_REMOVED = "audit.removed";
