import { z } from "zod";
import { roleChoiceSchema } from "@/server/access/contract";
import { emailSchema, newPasswordSchema, organizationRoleSchema, personNameSchema } from "@/server/auth/contract";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";

export const MAX_INVITED_AT_ONCE = 200;
export const INVITATION_DAYS = 7;
export const INVITATION_STATES = ["open", "expired", "accepted", "revoked"] as const;

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string(),
  /** Organization role, or the role in the workspace. */
  role: z.string(),
  workspace: z.object({ id: z.string(), name: z.string() }).nullable(),
  invitedBy: z.string().nullable(),
  createdAt: momentSchema,
  expiresAt: momentSchema,
  sentAt: momentSchema.nullable(),
  acceptedAt: momentSchema.nullable(),
  state: z.enum(INVITATION_STATES),
});
export type InvitationView = z.output<typeof invitationSchema>;
/** Waiting: neither accepted nor taken back. Their time may be over. */
export const INVITATION_SHELVES = ["waiting", "accepted", "revoked"] as const;
export const listInvitationsInput = z.object({ ...pageInput, search: z.string().trim().max(200).default(""), shelf: z.enum(INVITATION_SHELVES).optional() });
export const invitationsSchema = pageOf(invitationSchema);

const days = z.int().min(1).max(90).default(INVITATION_DAYS);
const emails = z.array(emailSchema).min(1).max(MAX_INVITED_AT_ONCE);
/** `byMail`: the links go out; else they are only shown. */
const common = { emails, days, byMail: z.boolean().default(true) };
export const inviteToWorkspaceInput = z.object({ ...common, role: roleChoiceSchema });
export const inviteToOrganizationInput = z.object({ ...common, role: organizationRoleSchema.default("member") });

/** The link is shown this once. */
export const invitedSchema = z.object({ id: z.string(), email: z.string(), url: z.string().nullable(), sent: z.boolean(), problem: z.string().nullable() });
export type Invited = z.output<typeof invitedSchema>;
export const invitationRef = z.object({ invitationId: z.uuid() });
export const resendInput = invitationRef.extend({ byMail: z.boolean().default(true) });

const codeSchema = z.string().min(20).max(200);
export const codeInput = z.object({ code: codeSchema });
export const openInvitationSchema = z.object({
  state: z.enum([...INVITATION_STATES, "unknown"]),
  organization: z.string(),
  workspace: z.string().nullable(),
  email: z.string(),
  role: z.string(),
  invitedBy: z.string().nullable(),
  /** Somebody with this address can sign in already. Null: that is nobody's business who was handed the link, which need not have gone to the mailbox. */
  hasAccount: z.boolean().nullable(),
  /** Whether the organization lets somebody new in by a password. Else they join without one, and sign in as it asks. */
  takesPassword: z.boolean(),
});
export type OpenInvitation = z.output<typeof openInvitationSchema>;
export const acceptedSchema = z.object({ workspaceSlug: z.string().nullable() });
/** For somebody new: who they are and how they sign in from now on. */
export const registerInput = codeInput.extend({ name: personNameSchema.min(1, "must not be empty"), /** Where the organization takes passwords. */ password: newPasswordSchema.optional() });
