// Invitations: somebody is asked to join an organization, or a workspace of it, by a link that works once and for one address.
export { accept, register } from "./accept";
export { inviteToOrganization, inviteToWorkspace, listInvitations, resend, revoke } from "./manage";
export { viewInvitation } from "./find";
