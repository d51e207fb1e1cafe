import type { CustomRole, Invitation, Workspace } from "@/prisma/generated/client";
import type { INVITATION_STATES, InvitationView } from "./contract";

export const INCLUDED = { workspace: { select: { id: true, name: true } }, customRole: { select: { name: true } } } as const;

type Row = Invitation & { workspace: Pick<Workspace, "id" | "name"> | null; customRole: Pick<CustomRole, "name"> | null };

export function stateOf({ acceptedAt, revokedAt, expiresAt }: Pick<Invitation, "acceptedAt" | "revokedAt" | "expiresAt">): (typeof INVITATION_STATES)[number] {
  if (acceptedAt !== null) return "accepted";
  if (revokedAt !== null) return "revoked";
  return expiresAt.getTime() <= Date.now() ? "expired" : "open";
}

export function roleNameOf({ customRole, workspaceRole, organizationRole }: Pick<Row, "customRole" | "workspaceRole" | "organizationRole">): string {
  return customRole?.name ?? workspaceRole ?? organizationRole;
}

export function toView(row: Row, names: ReadonlyMap<string, string>): InvitationView {
  return {
    id: row.id,
    email: row.email,
    role: roleNameOf(row),
    workspace: row.workspace,
    invitedBy: row.invitedById === null ? null : (names.get(row.invitedById) ?? null),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
    state: stateOf(row),
  };
}
