import { hashToken } from "@/server/auth/one-time-token";
import { takesPassword } from "@/server/auth/policy";
import { rawDb } from "@/server/db/client";
import type { OpenInvitation } from "./contract";
import { isStillGiven } from "./standing";
import { INCLUDED, roleNameOf, stateOf } from "./views";

/** By its code, before anybody is known to be anything. */
export function findByCode(code: string) {
  return rawDb().invitation.findFirst({
    where: { codeHash: new Uint8Array(hashToken(code)), organization: { deletedAt: null }, OR: [{ workspaceId: null }, { workspace: { deletedAt: null } }] },
    include: { ...INCLUDED, organization: { select: { name: true } } },
  });
}

const UNKNOWN: OpenInvitation = { state: "unknown", organization: "", workspace: null, email: "", role: "", invitedBy: null, hasAccount: null, takesPassword: false };

export async function viewInvitation(code: string): Promise<OpenInvitation> {
  const row = await findByCode(code);
  if (row === null) return UNKNOWN;
  const state = (await isStillGiven(row)) ? stateOf(row) : "revoked";
  if (state !== "open") return { ...UNKNOWN, state };
  const inviter = row.invitedById === null ? null : await rawDb().user.findUnique({ where: { id: row.invitedById }, select: { name: true, email: true } });
  return {
    state,
    organization: row.organization.name,
    workspace: row.workspace?.name ?? null,
    email: row.email,
    role: roleNameOf(row),
    invitedBy: inviter?.name ?? inviter?.email ?? null,
    hasAccount: row.isMailedOnly ? (await rawDb().user.count({ where: { email: row.email } })) > 0 : null,
    takesPassword: await takesPassword(row.organizationId, row.email),
  };
}
